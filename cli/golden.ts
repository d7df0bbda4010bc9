import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../core/errors.ts';
import { addDeployedVerbs, append, regionHelp, type Cli } from './deployed/deployed-verbs.ts';
import { addChannelVerbs } from './channels/channel-verbs.ts';
import { addAuthoringVerbs } from './authoring/authoring-verbs.ts';
import { addArchiveVerbs } from './archive/archive-verbs.ts';
import { addRegister } from './deployed/disk-verbs.ts';
import { addReportVerb } from './report/report-verb.ts';
import { addRetireVerbs } from './retire/retire-verbs.ts';
import { addRecipeVerbs } from './recipes/recipe-verbs.ts';
import { variableOption } from './recipes/start-values.ts';
import { addCompletion } from './completion/completion-verb.ts';
import { addDoctor } from './doctor/doctor-verb.ts';
import { addHeldVerbs } from './held/held-verbs.ts';
import { Refusal } from './refused.ts';
import { processSurroundings, type Surroundings } from './surroundings.ts';
import { addImport } from './translate/import-verb.ts';
import { groupVerbs } from './verb-groups.ts';
import { processTerminal, type Terminal } from './screen/terminal.ts';

export const examples = `
Examples:
  golden simulate                                  bake examples/al2023-base.yaml on a simulated AWS
  golden simulate web-server --override builder.rootVolume.sizeGiB=20
  golden simulate examples/al2023-base.yaml --scenario faults.yaml --json
  golden simulate --days 30                        a month of schedules and newer source images, of all recipes/
  golden init team-base --distribution ubuntu-24.04   write a first recipe; without options it asks
  golden validate recipes/*.yaml
  golden render web-server --defaults              the recipe with its base, its parameters and its defaults
  golden fmt --check recipes/*.yaml                whether their keys are in order
  golden simulate web-server --var version=2.4     give a parameter of the recipe a value
  golden plan recipes/al2023-patched.yaml          what a build would do, and everything that would make it fail
  golden build al2023-patched --region eu-central-1   build on AWS with the deployed pipeline, and watch; Ctrl-C leaves it alone
  golden build al2023-patched --override builder.instanceTypes='[m5.large]' --detach
  golden follow al2023-patched                     come back to what is being built
  golden cancel 20261123-030000-9f2c --wait        stop a build and wait until it is undone
  golden list al2023-patched
  golden logs 20261123-030000-9f2c --step patch --tail 50
  golden report 20261123-030000-9f2c               a page of that build: what failed or changed, timeline, regions, output, cost
  golden report --all                              a page of all channels, and of the builds of 90 days
  golden inspect al2023-patched                    the published image: disks, copies, users, and what it was made from
  golden status                                    what every channel holds in every region
  golden promote al2023-patched --to prod --why 'a week in test'
  golden rollback al2023-patched --channel prod    back to the build before, in every region or in none
  golden history al2023-patched --channel prod
  golden revoke 20261123-030000-9f2c --why CVE-2026-1234 --plan   what a revoke would hit
  golden rollback al2023-base --simulate           the same on a simulated AWS
  golden share al2023-patched --plan               how the users of published images differ from the recipe's lists
  golden distribute al2023-patched --plan          copies of the published image that its recipe's new regions lack
  golden retire --plan                             which old images would be deprecated, disabled or deregistered, and why others stay
  golden deregister 20261123-030000-9f2c --dry-run   remove the image of one build in every region
  golden policy --days 30                          the Allowed AMIs by which accounts launch only published images
  golden regions --apply                           let the target regions tell when copies are done
  golden sweep --dry-run                           what the deployed pipeline would remove of what builds left behind
  golden sweep --simulate                          the same on a simulated AWS, with an estate to look at

Exit codes: 0 done (the image is published, or already was), 1 it failed, 2 something about the input is wrong or there is no
such deployment: nothing was done, 130 left by Ctrl-C.`;

function speedOf(text: string): number | 'max' {
  if (text === 'max') return 'max';
  if (text === 'real') return 1;
  const speed = Number(text);
  if (!(speed > 0 && speed < Infinity))
    throw new InvalidArgumentError('Give real, max, or simulated seconds per real second.');
  return speed;
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new InvalidArgumentError('Give a whole number.');
  return seed;
}

const from1To = (most: number) => (text: string) => {
  const number = Number(text);
  if (!(Number.isInteger(number) && number >= 1 && number <= most))
    throw new InvalidArgumentError(`Give a number from 1 to ${most}.`);
  return number;
};

/** Runs one command line and returns the exit code. Verbs are loaded when called, so that help stays quick. */
export async function golden(
  args: string[],
  terminal: Terminal,
  surroundings: Surroundings = processSurroundings(),
): Promise<number> {
  let exitCode = 0;
  const program = verbsOf({ terminal, surroundings, ended: (code) => void (exitCode = code) });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return refuse(error, args.includes('--json'), terminal);
  }
  return exitCode;
}

/** All verbs. */
export function verbsOf(around: Omit<Cli, 'program'>): Command {
  const program = programOn(around.terminal);
  const cli = { program, ...around };
  addSimulate(cli);
  addAuthoringVerbs(cli);
  addRecipeVerbs(cli);
  addSweep(cli);
  addDeployedVerbs(cli);
  addHeldVerbs(cli);
  addChannelVerbs(cli);
  addRegister(cli);
  addImport(cli);
  addReportVerb(cli);
  addRetireVerbs(cli);
  addArchiveVerbs(cli);
  addDoctor(cli);
  addCompletion(cli);
  groupVerbs(program);
  return program;
}

const version = (): string =>
  (JSON.parse(readFileSync(join(process.env['GOLDEN_ROOT'] ?? '.', 'package.json'), 'utf8')) as { version: string })
    .version;

const programOn = (terminal: Terminal): Command =>
  new Command('golden')
    .description('Golden images (AMIs) from recipes: build, check, distribute, publish.')
    .version(version(), '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
      getOutHasColors: () => terminal.colour,
      getErrHasColors: () => terminal.colour,
    })
    .showHelpAfterError('(golden --help shows what there is)')
    .addHelpText('after', examples);

/** Shows why nothing was done, and returns the exit code for wrong input. Throws an error that is a bug of ours. */
async function refuse(error: unknown, json: boolean, terminal: Terminal): Promise<number> {
  const told = error instanceof Failure ? (await import('./deployed/deployment.ts')).unreachable(error) : error;
  if (told instanceof Refusal) terminal.err(`${told.message}\n`);
  else if (!(told instanceof CommanderError)) throw told;
  if (json) {
    const { refusal, usage } = await import('./refusal.ts');
    terminal.out(refusal((told instanceof Refusal && told.problems) || [usage('golden', told.message)]));
  }
  return 2;
}

function addSimulate({ program, terminal, ended }: Cli): void {
  program
    .command('simulate')
    .summary('bake a recipe on a simulated AWS, with the state machine and the functions that are deployed')
    .description(
      'Bakes a recipe on a simulated AWS: the state machine and the functions that are deployed, real SDK clients, and a virtual clock on which an hour takes milliseconds. Needs no AWS account.',
    )
    .argument(
      '[recipes...]',
      'recipe files, or names of recipes in recipes/, examples/ or examples/cookbook/: one (al2023-base), with --days any (all of recipes/)',
    )
    .option(
      '--days <number>',
      'let schedules, events and newer source images start builds for so many days',
      from1To(366),
    )
    .option('--rough', 'on an AWS on a bad day: slow, forgetful, and with events that come late, twice or never')
    .option(
      '--json',
      'print the manifest, or what is wrong with the input, and nothing else on stdout; progress goes to stderr',
    )
    .option('--speed <speed>', 'real, max, or simulated seconds per real second', speedOf, 'max')
    .option('--scenario <file>', 'faults and delays to simulate (YAML)')
    .option(
      '--override <key=value>',
      'set a key of the recipe for this build, or remove it with nothing after = (repeatable)',
      append,
    )
    .option(...variableOption, append)
    .option('--region <region>', 'where the pipeline and the builder live', 'us-east-1')
    .option('--seed <number>', 'seed of all that is random in the simulated AWS', seedOf)
    .option(
      '--build <id>',
      'the id of the build; a simulated AWS starts empty, so there is nothing of an earlier one to adopt',
    )
    .option('--out <folder>', 'where to write the page, and the documents of a build', 'out')
    .action(async (recipes: string[], options, command: Command) => {
      if (options.days === undefined) {
        if (recipes.length > 1)
          command.error('error: too many arguments: one recipe is built at a time; several go with --days');
        const { simulate } = await import('./simulated/simulate.ts');
        ended(await simulate(recipes[0] ?? 'al2023-base', options, terminal));
        return;
      }
      const ofOneBuild = ['speed', 'override', 'var', 'build'].find(
        (name) => command.getOptionValueSource(name) === 'cli',
      );
      if (ofOneBuild) command.error(`error: --${ofOneBuild} is of one build, and does not go with --days`);
      const { simulateDays } = await import('./simulated/simulate-days.ts');
      ended(await simulateDays(recipes, options, terminal));
    });
}

function addSweep({ program, terminal, surroundings, ended }: Cli): void {
  program
    .command('sweep')
    .summary('remove what builds left behind, in every region, as the deployed pipeline does once a day')
    .description(
      'Starts the sweep of the deployed pipeline, waits for its end and shows what it removed, what it spared and why. Credentials are taken as the AWS CLI takes them.',
    )
    .option('--dry-run', 'only say what would be removed')
    .option('--cap <number>', 'how many things may go in this run (default: 50)', from1To(500))
    .option('--json', 'print the outcome as JSON and nothing else on stdout')
    .option('--stage <stage>', 'the stage that was deployed', 'dev')
    .option('--region <region>', regionHelp)
    .option('--simulate', 'on a simulated AWS where builds have died; needs no AWS account')
    .action(async (options) => {
      const { runSweep } = await import('./sweep.ts');
      const { openDeployment } = await import('./deployed/deployment.ts');
      const where = { ...options, region: options.region ?? (await surroundings.region()) };
      const open: typeof openDeployment = (at) => openDeployment(at, { aws: surroundings.connect(at.region) });
      ended(await runSweep(where, terminal, open));
    });
}

// The launcher sets argv as if Node had started this file; inside its bundle, import.meta.url differs.
if (process.argv[1]?.endsWith(join('cli', 'golden.ts'))) {
  // A reader that closes the pipe early (`golden … | head`) causes no failure
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  process.exitCode = await golden(process.argv.slice(2), processTerminal());
}
