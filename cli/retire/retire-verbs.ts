import { InvalidArgumentError } from 'commander';
import { deployed, simulatedOption, withSimulation, type Cli } from '../deployed/deployed-verbs.ts';

/** The verbs that retire old images. Each verb's module is loaded only when the verb is called. */
export function addRetireVerbs(cli: Cli): void {
  addRetire(cli);
  addDeregister(cli);
  addSnapshots(cli);
}

const outcome = 'print what was retired and what stays as JSON and nothing else on stdout; progress goes to stderr';

function capOf(text: string): number {
  const cap = Number(text);
  if (!(Number.isInteger(cap) && cap >= 1 && cap <= 100))
    throw new InvalidArgumentError('Give a number from 1 to 100.');
  return cap;
}

function addRetire(cli: Cli): void {
  deployed(
    cli.program,
    'retire',
    'deprecate, disable or deregister old images by the policies of their recipes',
    'Takes the one step that is due for each old image, in every region, by the key retire of its recipe. Images that a channel holds, that a rollback would need, that are newer, or that somebody uses stay. An image about which AWS leaves a question open stays, too.',
    outcome,
  )
    .argument('[recipe]', 'the name of a recipe (default: all that have the key retire)')
    .option('--plan', 'only say what would be done, and what stays and why')
    .option('--apply', 'do it')
    .option('--cap <number>', 'how many images take a step in this run (default: 25)', capOf)
    .option('--why <text>', 'why, for the report')
    .option('--yes', 'do not ask')
    .option(...simulatedOption)
    .action(async (recipe: string | undefined, { simulate, ...options }) => {
      const { assertPlanOrApply } = await import('../channels/share.ts');
      assertPlanOrApply('retire', options);
      const { runRetire } = await import('./retire.ts');
      const account = { simulate, region: options.region, ages: true };
      await withSimulation(cli, account, (surroundings) => runRetire(recipe, options, cli.terminal, surroundings));
    });
}

function addDeregister(cli: Cli): void {
  deployed(
    cli.program,
    'deregister',
    'deregister the image of a build in every region, with its snapshots',
    'Deregisters the AMIs of a build in every region and account. It is refused for what a channel holds or a rollback would need, for protected AMIs, and for what is in use. Only the Recycle Bin may give an image back.',
    outcome,
  )
    .argument('<image>', "a build's id, alone or as in its image's name, or one of its AMIs")
    .option('--keep-snapshots', 'keep the snapshots, tagged golden:kept')
    .option('--even-if-used', 'deregister it although somebody uses it, or nobody can tell')
    .option('--dry-run', 'only say what would be done')
    .option('--why <text>', 'why, for the report')
    .option('--yes', 'do not ask; needed where there is no terminal')
    .option(...simulatedOption)
    .action(async (image: string, { simulate, ...options }) => {
      const { runDeregister } = await import('./retire.ts');
      const account = { simulate, region: options.region, ages: true };
      await withSimulation(cli, account, (surroundings) => runDeregister(image, options, cli.terminal, surroundings));
    });
}

function addSnapshots(cli: Cli): void {
  deployed(
    cli.program,
    'snapshots',
    'list the snapshots that were kept when their images were deregistered',
    'Lists the snapshots with the tag golden:kept in every enabled region, with what each costs a month at most. Needs ec2:DescribeRegions and ec2:DescribeSnapshots.',
    'print them as JSON and nothing else on stdout',
  )
    .option(...simulatedOption)
    .action(async ({ simulate, ...options }) => {
      const { listSnapshots } = await import('./snapshots.ts');
      const account = { simulate, region: options.region, ages: true, keeps: true };
      await withSimulation(cli, account, (surroundings) => listSnapshots(options, cli.terminal, surroundings));
    });
}
