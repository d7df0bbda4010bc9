import { Option } from 'commander';
import type { Cli } from '../deployed/deployed-verbs.ts';
import { distributions } from '../../core/starter/distributions.ts';

const listed = (text: string, former: string[] = []): string[] => [...former, ...text.split(/[\s,]+/).filter(Boolean)];

/** The verbs that write recipe files. Each verb's module is loaded only when the verb is called. */
export function addAuthoringVerbs(cli: Cli): void {
  addInit(cli);
  addFormat(cli);
}

function addInit({ program, terminal, ended }: Cli): void {
  const distribution = new Option('--distribution <name>', 'what the image is');
  distribution.argChoices = Object.keys(distributions); // for help and shells; init itself judges all options together
  program
    .command('init')
    .summary('write a first recipe; asks for what the command line does not say')
    .description(
      'Writes a recipe with comments that validates and can be built. Asks in a terminal. Elsewhere the name and --distribution are required.',
    )
    .argument('[name]', 'the name of the recipe and of its file')
    .addOption(distribution)
    .addOption(new Option('--architecture <name>', 'x86_64 if left out').choices(['x86_64', 'arm64']))
    .option(
      '--base <image>',
      "start from this in place of the vendor's image: <recipe>/<channel>, an SSM parameter or an AMI id",
    )
    .option('--owner <owner>', 'the owner that a --base must have: amazon, self or an account id')
    .option(
      '--regions <regions>',
      "where the image goes, with commas; home is the pipeline's own (default: home)",
      listed,
    )
    .option('--accounts <accounts>', 'accounts that may launch it, with commas', listed)
    .option('--organization <arn>', 'organization that may launch it, by ARN (repeatable)', listed)
    .option('--kms-key <alias>', 'encrypt it with the key of this alias in each region')
    .option('--channel <channel>', 'the channel that servers boot from (default: stable)')
    .option('--folder <folder>', 'where to write it (default: recipes in this folder, else those of the pipeline)')
    .option('--force', 'overwrite a recipe of this name')
    .option('--json', 'print the file, or everything that is wrong with the input, as JSON')
    .action(async (name: string | undefined, options) => {
      const { initRecipe } = await import('./init.ts');
      const { stdin: input, stdout: output } = process;
      const person = terminal.isTTY && input.isTTY === true && !options.json;
      const ask = person ? (await import('./init-questions.ts')).askOn({ input, output }) : undefined;
      ended(await initRecipe(name, options, terminal, ask));
    });
}

function addFormat({ program, terminal, ended }: Cli): void {
  program
    .command('fmt')
    .summary("put the keys of recipe files into the schema's order, and lay the files out")
    .description(
      'Writes recipe files anew: keys in the order of docs/recipe.md, the layout of prettier. Comments, quotes of values and anchors stay, and the recipe says what it said.',
    )
    .argument('<files...>', 'recipe files')
    .option('--check', 'only name the files that would change; exit code 1 if there are any')
    .option('--json', 'print the files that changed, or would change, as JSON')
    .action(async (files: string[], options) => {
      const { formatFiles } = await import('./format-files.ts');
      ended(await formatFiles(files, options, terminal));
    });
}
