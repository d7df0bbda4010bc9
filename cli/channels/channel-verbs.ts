import { InvalidArgumentError, Option } from 'commander';
import { deployed, regionHelp, simulatedOption, withSimulation, type Cli } from '../deployed/deployed-verbs.ts';

/** The verbs that move channels and show them. Each verb's module is loaded only when the verb is called. */
export function addChannelVerbs(cli: Cli): void {
  addPromote(cli);
  addRollback(cli);
  addRevoke(cli);
  addRestore(cli);
  addStatus(cli);
  addHistory(cli);
  addShare(cli);
  addDistribute(cli);
  addPolicy(cli);
}

const moving = 'print what moved as JSON and nothing else on stdout; progress goes to stderr';

function addPromote(cli: Cli): void {
  deployed(
    cli.program,
    'promote',
    'point a channel at a build, in every region or in none',
    'Points a channel, such as prod, at a build whose checks have passed: in every region, or in none. Every image is read back first, as before a publish. Without a build, the channel gets what the recipe itself publishes now.',
    moving,
  )
    .argument('<recipe>', 'the name of a recipe')
    .argument('[build]', "a build's id (default: the build in the recipe's own channel)")
    .requiredOption('--to <channel>', 'the channel that moves')
    .option('--why <text>', 'why, for the history')
    .option('--plan', 'only say what would move')
    .option('--yes', 'do not ask')
    .option(...simulatedOption)
    .action(async (recipe: string, build: string | undefined, { to, ...options }) => {
      const { moveChannelBy } = await import('./move.ts');
      const asked = { recipe, verb: 'promote' as const, channel: to as string, ...(build !== undefined && { build }) };
      await withSimulation(cli, options, (surroundings) => moveChannelBy(asked, options, cli.terminal, surroundings));
    });
}

function addRollback(cli: Cli): void {
  deployed(
    cli.program,
    'rollback',
    'point a channel back at the build before, in every region or in none',
    'Points a channel back at the build that it held before, if that build is healthy: in every region, or in none. Its content is not built again automatically until the content changes.',
    moving,
  )
    .argument('<recipe>', 'the name of a recipe')
    .option('--channel <channel>', "the channel that moves (default: the recipe's own)")
    .option('--to <build>', 'the build to go back to (default: the one before)')
    .option('--why <text>', 'why, for the history')
    .option('--plan', 'only say what would move')
    .option('--yes', 'do not ask')
    .option(...simulatedOption)
    .action(async (recipe: string, { to, channel, ...options }) => {
      const { moveChannelBy } = await import('./move.ts');
      const named = { ...(channel !== undefined && { channel }), ...(to !== undefined && { build: to }) };
      const asked = { recipe, verb: 'rollback' as const, ...(named as { channel?: string; build?: string }) };
      await withSimulation(cli, options, (surroundings) => moveChannelBy(asked, options, cli.terminal, surroundings));
    });
}

const fates = ['leave', 'rebuild', 'revoke'];

function addRevoke(cli: Cli): void {
  deployed(
    cli.program,
    'revoke',
    'take a published build back from everybody: channels move away, and its images are disabled',
    'Lists what the revoke hits: channels, instances, who may launch the images, who uses them as far as EC2 tells, and what was made from them. Then every channel that holds the build goes back to the newest healthy build before it, and the images are disabled in every region. Running instances run on. golden restore gives the images and their launch permissions back.',
    moving,
  )
    .argument('<build>', "a build's id, alone or as in its image's name")
    .requiredOption('--why <text>', 'why, such as CVE-2026-1234, for the history')
    .addOption(
      new Option('--descendants <fate>', 'what to do with builds made from it').choices(fates).default('leave'),
    )
    .option('--plan', 'only list what it hits')
    .option('--yes', 'do not ask; needed where there is no terminal')
    .option(...simulatedOption)
    .action(async (build: string, { descendants, ...options }) => {
      const { changeBuildBy } = await import('./move.ts');
      const asked = { verb: 'revoke' as const, descendants: descendants as 'leave' };
      await withSimulation(cli, { ...options, used: true }, (surroundings) =>
        changeBuildBy(build, asked, options, cli.terminal, surroundings),
      );
    });
}

function addRestore(cli: Cli): void {
  deployed(
    cli.program,
    'restore',
    'give the images of a revoked build back, with the launch permissions that they had',
    'Enables the images of a revoked build in every region, and gives exactly the launch permissions back that they had. No channel moves: promote the build for that.',
    moving,
  )
    .argument('<build>', "a build's id, alone or as in its image's name")
    .option('--why <text>', 'why')
    .option('--plan', 'only say what would be enabled')
    .option('--yes', 'do not ask')
    .option(...simulatedOption)
    .action(async (build: string, options) => {
      const { changeBuildBy } = await import('./move.ts');
      await withSimulation(cli, { ...options, revoked: build }, (surroundings) =>
        changeBuildBy(build, { verb: 'restore' }, options, cli.terminal, surroundings),
      );
    });
}

function addStatus(cli: Cli): void {
  deployed(
    cli.program,
    'status',
    'show what every channel holds in every region',
    'Shows the build, the age and the health of the image that each channel holds in each region, and which content is held back after a rollback.',
    'print it as JSON',
  )
    .argument('[recipe]', 'only of this recipe')
    .option(...simulatedOption)
    .action(async (recipe: string | undefined, options) => {
      const { status } = await import('./status.ts');
      await withSimulation(cli, options, (surroundings) => status(recipe, options, cli.terminal, surroundings));
    });
}

function addHistory(cli: Cli): void {
  deployed(
    cli.program,
    'history',
    "list the moves of a recipe's channels, the newest first",
    'Lists who moved a channel, when, from which build to which, and why. A build that is published moves its channel, too.',
    'print them as JSON',
  )
    .argument('<recipe>', 'the name of a recipe')
    .option('--channel <channel>', 'only of this channel')
    .option(...simulatedOption)
    .action(async (recipe: string, options) => {
      const { history } = await import('./history.ts');
      await withSimulation(cli, options, (surroundings) => history(recipe, options, cli.terminal, surroundings));
    });
}

function addShare(cli: Cli): void {
  deployed(
    cli.program,
    'share',
    "make the users of a recipe's published images what the recipe says",
    "Compares who may use a recipe's published images with the lists of the deployed recipe, in every region, and grants and revokes what differs. The published images are those that its channels hold.",
    'print the changes as JSON and nothing else on stdout; progress goes to stderr',
  )
    .argument('<recipe>', 'the name of a deployed recipe')
    .option('--plan', 'only say what would be granted and revoked')
    .option('--apply', 'grant and revoke')
    .option('--build <id>', 'only the images of this build')
    .option('--why <text>', 'why, for the report')
    .option('--yes', 'do not ask')
    .option(...simulatedOption)
    .action(async (recipe: string, options) => {
      const { assertPlanOrApply, shareEach } = await import('./share.ts');
      assertPlanOrApply('share', options);
      const meddled = { ...options, meddled: true };
      await withSimulation(cli, meddled, (surroundings) => shareEach(recipe, options, cli.terminal, surroundings));
    });
}

function addDistribute(cli: Cli): void {
  deployed(
    cli.program,
    'distribute',
    'take a published image to the targets that came into its recipe later',
    'Copies the image of a published build to the targets of the deployed recipe that lack it, shares and verifies the copies, and puts them into the channel: all new targets, or none. Images that are published stay as they are, but their users become what the recipe says. Nothing is built.',
    "print the build's manifest, or the plan, and nothing else on stdout; progress goes to stderr",
  )
    .argument('<recipe>', 'the name of a deployed recipe')
    .option('--build <id>', 'the build whose image goes further (default: the build in the channel)')
    .option('--channel <channel>', "the channel that gets the new images (default: the recipe's own)")
    .option('--plan', 'only say what would be copied, and what it costs')
    .option('--why <text>', 'why, for the manifest and the history')
    .option('--yes', 'do not ask')
    .option(...simulatedOption)
    .action(async (recipe: string, options) => {
      const { distributeEach } = await import('./distribute.ts');
      const growing = { ...options, grows: true };
      await withSimulation(cli, growing, (surroundings) => distributeEach(recipe, options, cli.terminal, surroundings));
    });
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days;
  throw new InvalidArgumentError('Give a number from 1 to 3650.');
}

function addPolicy(cli: Cli): void {
  cli.program
    .command('policy')
    .summary('print the Allowed AMIs by which accounts launch only published images')
    .description(
      'Prints the criteria of Allowed AMIs, as EC2 takes them, by which an account launches no shared image but published, young ones of the recipes with publish.watermark. Other formats are for all accounts of an organization. Changes nothing.',
    )
    .argument('[recipes...]', 'names of recipes (default: those with a watermark that no other recipe is made from)')
    .option('--days <number>', 'how long after its publish an image may be launched', daysOf, 90)
    .addOption(
      new Option(
        '--format <format>',
        'api: criteria of one account; organizations: a declarative policy, which knows names but no watermarks; cloudformation: a template that makes this policy',
      )
        .choices(['api', 'organizations', 'cloudformation'])
        .default('api'),
    )
    .option('--enforce', 'the declarative policy hides other images; without it, AWS only reports which it would hide')
    .option('--pipeline', "for the pipeline's own account, which launches the sources of its recipes, too")
    .option('--recipes <folder>', 'the folder of the deployed recipes', 'recipes')
    .option('--stage <stage>', 'stage of the deployment', 'dev')
    .option('--region <region>', regionHelp)
    .option(...simulatedOption)
    .action(async (names: string[], { simulate, ...options }) => {
      const { policy } = await import('./policy.ts');
      const account = { simulate, region: options.region };
      await withSimulation(cli, account, (surroundings) => policy(names, options, cli.terminal, surroundings));
    });
}
