import { deployed, simulatedOption, withSimulation, type Cli } from './deployed-verbs.ts';

/** The verbs that make an image of a disk that no builder made. */
export function addDiskVerbs(cli: Cli): void {
  addRegister(cli);
  addImport(cli);
}

function addRegister(cli: Cli): void {
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

function addImport(cli: Cli): void {
  deployed(
    cli.program,
    'import',
    'make an image of a file with a disk in S3, and publish it',
    'EC2 imports the file as a snapshot. Then an image is registered from the snapshot, checked, copied and published as the recipe says. The source of the recipe is a disk (source.disk). The file stays as it is. EC2 reads it by the role vmimport, or source.disk.importRole of the recipe.',
    'print the manifest and nothing else on stdout; progress goes to stderr',
  )
    .argument('<file>', 'the file, such as s3://disks/web.vmdk, in a bucket of the account and region of the pipeline')
    .requiredOption('--recipe <recipe>', 'the name of a deployed recipe whose source is a disk, or a recipe file')
    .requiredOption('--format <format>', 'vmdk, vhd or raw')
    .option('--detach', 'start it and do not follow')
    .option('--force', 'build even where the published image was made from this file')
    .option(...simulatedOption)
    .action(async (file: string, { simulate, ...options }) => {
      const { importDisk } = await import('./register.ts');
      const disk = { file, format: options.format };
      const account = { simulate, region: options.region, recipeFile: options.recipe, disk };
      await withSimulation(cli, account, (surroundings) => importDisk(file, options, cli.terminal, surroundings));
    });
}
