import { deployed, simulatedOption, withSimulation, type Cli } from './deployed-verbs.ts';

/** The verb that makes an image of a disk that no builder made. */
export function addRegister(cli: Cli): void {
  deployed(
    cli.program,
    'register',
    'make an image of a disk that no builder made, from its snapshot, and publish it',
    'Copies the snapshot, registers an image from the copy, and checks, copies and publishes that image as the recipe says. The source of the recipe is a disk (source.disk). The snapshot stays as it is.',
    'print the manifest and nothing else on stdout; progress goes to stderr',
  )
    .argument('<snapshot>', 'the snapshot of a root disk, in the region of the pipeline')
    .requiredOption('--recipe <recipe>', 'the name of a deployed recipe whose source is a disk, or a recipe file')
    .option('--detach', 'start it and do not follow')
    .option('--force', 'build even where the published image was made from this snapshot')
    .option(...simulatedOption)
    .action(async (snapshot: string, { simulate, ...options }) => {
      const { registerDisk } = await import('./register.ts');
      const account = { simulate, region: options.region, recipeFile: options.recipe, disk: { snapshot } };
      await withSimulation(cli, account, (surroundings) => registerDisk(snapshot, options, cli.terminal, surroundings));
    });
}
