import { deployed, simulatedOption, withSimulation, type Cli } from '../deployed/deployed-verbs.ts';

/** The verbs for the instance that a failed build holds. */
export function addHeldVerbs(cli: Cli): void {
  addShell(cli);
  addRetry(cli);
}

function addShell(cli: Cli): void {
  deployed(
    cli.program,
    'shell',
    'open a session on the held instance of a failed build',
    'Opens a session of Session Manager on the builder or candidate of a failed build whose recipe has onFailure: hold. Needs the AWS CLI and its Session Manager plugin.',
    'print what is wrong as JSON',
  )
    .argument('<build>', "a failed build's id, or a recipe: its last build")
    .option(...simulatedOption)
    .action(async (wanted: string, options) => {
      const { openShell } = await import('./held.ts');
      await withSimulation(cli, { ...options, holds: true }, (surroundings) =>
        openShell(wanted, options, cli.terminal, surroundings),
      );
    });
}

function addRetry(cli: Cli): void {
  deployed(
    cli.program,
    'retry',
    'go on with a failed build on its held instance, from the step that failed',
    'Starts a failed build again on the builder or candidate that its recipe holds (onFailure: hold). The steps before the failed one count as done. The recipe is the one that the build was planned with, or with --recipe one whose later steps you have mended.',
    'print the manifest and nothing else on stdout; progress goes to stderr',
  )
    .argument('<build>', "a failed build's id, or a recipe: its last build")
    .option('--from <step>', 'go on from this earlier step or check')
    .option(
      '--recipe <recipe>',
      'take the steps from there on from this file, or from the deployed recipe as it is now',
    )
    .option('--detach', 'start it and do not follow')
    .option(...simulatedOption)
    .action(async (wanted: string, options) => {
      const { retry } = await import('./held.ts');
      await withSimulation(cli, { ...options, holds: true }, (surroundings) =>
        retry(wanted, options, cli.terminal, surroundings),
      );
    });
}
