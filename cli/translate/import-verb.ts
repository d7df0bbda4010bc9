import { Option, type Command } from 'commander';
import { diskFormats } from '../../core/recipe/source.ts';
import { deployed, simulatedOption, withSimulation, type Cli } from '../deployed/deployed-verbs.ts';

const translatable = (file: string) => !file.startsWith('s3://') && /\.(hcl|json|ya?ml)$/.test(file);

/** The verb that takes over what was made elsewhere: a disk becomes an image, and files of other tools become recipes. */
export function addImport(cli: Cli): void {
  deployed(
    cli.program,
    'import',
    'make an image of a file with a disk in S3, or recipes of files of Packer or EC2 Image Builder',
    'A disk (s3://…): EC2 imports the file as a snapshot. Then an image is registered from the snapshot, checked, copied and published as the recipe says. The source of the recipe is a disk (source.disk). The file stays as it is. EC2 reads it by the role vmimport, or source.disk.importRole of the recipe. Files of Packer (*.pkr.hcl) or EC2 Image Builder (components, and recipes as the AWS CLI prints them): writes recipes, and tells line by line what was translated, what was not, and what to do. That needs no AWS account.',
    'print the manifest, or what was translated, and nothing else on stdout; progress goes to stderr',
  )
    .argument(
      '<files...>',
      'a disk, such as s3://disks/web.vmdk, in the account and region of the pipeline; or the files of a template',
    )
    .option('--recipe <recipe>', 'for a disk: the name of a deployed recipe whose source is a disk, or a recipe file')
    .addOption(
      new Option('--format <format>', 'for a disk').choices(diskFormats).argParser((text) => text), // importDisk says more of another format than commander
    )
    .option('--detach', 'for a disk: start it and do not follow')
    .option('--name <name>', 'for a template: the name of its recipe, if it has one source')
    .option(
      '--folder <folder>',
      'for a template: where to write its recipes (default: recipes in this folder, else those of the pipeline)',
    )
    .option('--force', 'build even where the published image was made from this disk; overwrite recipes')
    .option(...simulatedOption)
    .action(async (files: string[], { simulate, ...options }, command: Command) => {
      if (files.every(translatable)) {
        const { translateFiles } = await import('./translate.ts');
        cli.ended(await translateFiles(files, options, cli.terminal));
        return;
      }
      const [file = '', ...others] = files;
      if (/^arn:.*:component\//.test(file)) {
        const { savingComponent } = await import('./image-builder-arns.ts');
        command.error(
          `error: save the document of the component, and name that: ${savingComponent(file, 'component.yml')}`,
        );
      }
      const stranger = files.find((one) => !translatable(one) && !one.startsWith('s3://'));
      if (stranger !== undefined && (others.length > 0 || options.recipe === undefined))
        command.error(`error: ${stranger} is no file of Packer (*.pkr.hcl) or EC2 Image Builder, and no disk (s3://…)`);
      if (others.length > 0) command.error('error: too many arguments: one disk is imported at a time');
      for (const name of ['recipe', 'format'])
        if (options[name] === undefined) command.error(`error: required option '--${name} <${name}>' not specified`);
      const { importDisk } = await import('../deployed/register.ts');
      const disk = { file, format: options.format };
      const account = { simulate, region: options.region, recipeFile: options.recipe, disk };
      await withSimulation(cli, account, (surroundings) => importDisk(file, options, cli.terminal, surroundings));
    });
}
