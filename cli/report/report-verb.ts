import { InvalidArgumentError } from 'commander';
import { deployed, simulatedOption, withSimulation, type Cli } from '../deployed/deployed-verbs.ts';

function daysOf(text: string): number {
  const days = Number(text);
  if (!(Number.isInteger(days) && days >= 1 && days <= 366))
    throw new InvalidArgumentError('Give a number from 1 to 366.');
  return days;
}

/** The verb that makes pages. Its module is loaded only when it is called. */
export function addReportVerb(cli: Cli): void {
  deployed(
    cli.program,
    'report',
    'make a page of a build, or of all channels and builds: one HTML file that needs nothing else',
    "Makes a page of a build: what failed and was undone, what changed, a timeline, who may launch the image where, the end of every output, and the cost. With --all, a page of the pipeline: every channel in every region, the builds of 90 days, failures, and cost. The deployed pipeline also writes a build's page beside its manifest. Only reads, with your own permissions.",
    'print what the page says as JSON, and write no page',
  )
    .argument(
      '[build]',
      "a build's id or execution ARN, or a recipe: its last build (with --simulate, al2023-base if left out)",
    )
    .option('--all', 'of all channels and builds')
    .option('--days <number>', 'with --all, builds of so many days', daysOf, 90)
    .option('--out <folder>', 'where to write the page', 'out')
    .option(...simulatedOption)
    .action(async (named: string | undefined, { all = false, simulate, ...options }, command) => {
      const build = named ?? (simulate && !all ? 'al2023-base' : undefined);
      if (all === (build !== undefined)) command.error('error: name a build or a recipe, or give --all');
      const { reportAll, reportBuild } = await import('./report.ts');
      await withSimulation(cli, { simulate, region: options.region, pages: true }, (surroundings) =>
        build === undefined
          ? reportAll(options, cli.terminal, surroundings)
          : reportBuild(build, options, cli.terminal, surroundings),
      );
    });
}
