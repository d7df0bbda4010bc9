import { InvalidArgumentError, type Command } from 'commander';
import type { SimulatedAccount } from '../simulated/simulated-account.ts';
import { variableOption } from '../recipes/start-values.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Terminal } from '../screen/terminal.ts';

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return count;
}

export const regionHelp =
  'the region it was deployed to (default: AWS_REGION, else that of the profile, else us-east-1)';

/** Collects the values of an option that can be given more than once. */
export const append = (value: string, former: string[] = []): string[] => [...former, value];

/** Where a verb is added, and what its action works with. `ended` takes the exit code. */
export interface Cli {
  program: Command;
  terminal: Terminal;
  surroundings: Surroundings;
  ended: (exitCode: number) => void;
}

/** The verbs for a deployed pipeline. Each verb's module is loaded only when the verb is called. */
export function addDeployedVerbs(cli: Cli): void {
  addPlan(cli);
  addBuild(cli);
  addFollow(cli);
  addCancel(cli);
  addList(cli);
  addLogs(cli);
  addInspect(cli);
  addRegions(cli);
}

/** Defines a verb with the options that all verbs for a deployed pipeline have. */
export const deployed = (program: Command, name: string, summary: string, description: string, json: string) =>
  program
    .command(name)
    .summary(summary)
    .description(description)
    .option('--stage <stage>', 'stage of the deployment', 'dev')
    .option('--region <region>', regionHelp)
    .option('--json', json);

/** The option that tries a verb on a simulated AWS. */
export const simulatedOption = ['--simulate', 'on a simulated AWS with a few builds; needs no AWS account'] as const;

/** Runs a verb in the account of the user's credentials, or on a simulated AWS. */
export async function withSimulation(
  { terminal, surroundings, ended }: Cli,
  { simulate = false, region, ...account }: { simulate?: boolean; region?: string } & SimulatedAccount,
  work: (surroundings: Surroundings) => Promise<number>,
): Promise<void> {
  if (!simulate) return ended(await work(surroundings));
  const { onSimulatedAccount } = await import('../simulated/simulated-account.ts');
  ended(await onSimulatedAccount({ region: region ?? 'us-east-1', terminal, real: surroundings, ...account }, work));
}

function addPlan(cli: Cli): void {
  deployed(
    cli.program,
    'plan',
    'say what a build would do, and everything that would make it fail; makes nothing',
    'Compares a recipe with the account of the deployed pipeline, with the permissions of the pipeline. Shows all problems at once, each with what to do, and what would be built, where, how long it takes and what it costs. A file counts as deployed, with its scripts.',
    'print it as JSON and nothing else on stdout',
  )
    .argument('<recipe>', 'the name of a deployed recipe, or a recipe file')
    .option(
      '--override <key=value>',
      'set a key of the recipe for this plan, or remove it with nothing after = (repeatable)',
      append,
    )
    .option(...variableOption, append)
    .option(...simulatedOption)
    .action(async (recipe: string, { simulate, ...options }) => {
      const { plan } = await import('./plan.ts');
      const account = { simulate, region: options.region, recipeFile: recipe };
      await withSimulation(cli, account, (surroundings) => plan(recipe, options, cli.terminal, surroundings));
    });
}

function addBuild({ program, terminal, surroundings, ended }: Cli): void {
  deployed(
    program,
    'build',
    'build a recipe on AWS with the deployed pipeline, and follow it',
    'Starts a build of a deployed recipe and shows its progress until it ends. Ctrl-C leaves: the build goes on. A file in place of a name is sent as it is, and judged as it is; its scripts must be deployed.',
    'print the manifest and nothing else on stdout; progress goes to stderr',
  )
    .argument('<recipe>', 'the name of a deployed recipe, or a recipe file')
    .option('--detach', 'start it and do not follow')
    .option('--force', 'build even where the published image is what the recipe asks for')
    .option(
      '--override <key=value>',
      'set a key of the recipe for this build, or remove it with nothing after = (repeatable)',
      append,
    )
    .option(...variableOption, append)
    .option('--build <id>', 'complete an earlier build that died: what it made is adopted')
    .action(async (recipe: string, options) => {
      const { runBuild } = await import('./build.ts');
      ended(await runBuild(recipe, options, terminal, surroundings));
    });
}

function addFollow({ program, terminal, surroundings, ended }: Cli): void {
  deployed(
    program,
    'follow',
    'show the progress of a build on AWS until it ends',
    'Shows a build from its start on until it ends. Ctrl-C leaves: the build goes on.',
    'print the manifest and nothing else on stdout; progress goes to stderr',
  )
    .argument('<build>', "a build's id or execution ARN, or a recipe: its running build, else its last")
    .action(async (wanted: string, options) => {
      const { follow } = await import('./follow.ts');
      ended(await follow(wanted, options, terminal, surroundings));
    });
}

function addCancel({ program, terminal, surroundings, ended }: Cli): void {
  deployed(
    program,
    'cancel',
    'stop a build on AWS; what it made is undone',
    'Stops a build, or the running builds of a recipe. The clean-up then removes within minutes what the build made. If a failed build holds an instance, its hold ends: name the build.',
    'print what was stopped as JSON on stdout',
  )
    .argument('<build>', "a recipe, a build's id or an execution's ARN")
    .option('--reason <text>', 'why, for people who look at the execution')
    .option('--wait', 'wait until everything is undone')
    .action(async (wanted: string, options) => {
      const { cancel } = await import('./cancel.ts');
      ended(await cancel(wanted, options, terminal, surroundings));
    });
}

function addList({ program, terminal, surroundings, ended }: Cli): void {
  deployed(
    program,
    'list',
    'list the builds on AWS, the newest first',
    'Lists builds with their status, what started them, their channel and image, the newest first. Build ids begin with their start in UTC.',
    'print them as JSON',
  )
    .argument('[recipe]', 'only of this recipe')
    .option('--limit <number>', 'at most so many', countOf, 20)
    .action(async (recipe: string | undefined, options) => {
      const { list } = await import('./list.ts');
      ended(await list(recipe, options, terminal, surroundings));
    });
}

function addLogs({ program, terminal, surroundings, ended }: Cli): void {
  deployed(
    program,
    'logs',
    'show what a build on AWS did: times, failure, output of its steps and checks',
    'Shows the time each state took, why the build failed, and the whole output of its steps and checks. The output of a step is there once it has ended.',
    'print it all as JSON',
  )
    .argument('<build>', "a build's id or execution ARN, or a recipe: its running build, else its last")
    .option('--step <name>', 'only the output of this step or check')
    .option('--tail <lines>', 'at most so many lines of each output, from its end', countOf)
    .action(async (wanted: string, options) => {
      const { logs } = await import('./logs.ts');
      ended(await logs(wanted, options, terminal, surroundings));
    });
}

function addRegions({ program, terminal, surroundings, ended }: Cli): void {
  deployed(
    program,
    'regions',
    'let target regions tell the pipeline when a copy is done: a small stack for each',
    'Plans, makes or removes a CloudFormation stack in each region that recipes copy images to. Its rule sends the events of AMIs to the region of the pipeline, so that builds look at copies less often. Builds work without it.',
    'print the regions as JSON',
  )
    .argument('[regions...]', 'only these target regions (default: all that the account has enabled)')
    .option('--plan', 'only say what would be done (the default)')
    .option('--apply', 'create, update and delete stacks until they are as planned, and wait for it')
    .option('--remove', 'delete the stacks of this deployment')
    .option('--recipes <folder>', 'the folder of the deployed recipes', 'recipes')
    .action(async (only: string[], options) => {
      const { regionStacks } = await import('./region-stacks.ts');
      ended(await regionStacks(only, options, terminal, surroundings));
    });
}

function addInspect(cli: Cli): void {
  deployed(
    cli.program,
    'inspect',
    'show an AMI: what it is, where its copies are, who may launch it, who uses it, and what it was made from',
    'Shows an AMI, the image of a build, or the published image of a recipe: platform, disks, boot, permissions and state, its copies, who uses it as far as EC2 tells, and its line back to the image of a vendor. Any AMI will do, also one of another account. An AMI without --region is searched in every region of the account. Only reads, with your own permissions.',
    'print it as JSON',
  )
    .argument('<image>', "an AMI's id, a build's id, or a recipe's name")
    .option(...simulatedOption)
    .action(async (word: string, options) => {
      const { inspect } = await import('../inspect/inspect.ts');
      await withSimulation(cli, { ...options, used: true }, (surroundings) =>
        inspect(word, options, cli.terminal, surroundings),
      );
    });
}
