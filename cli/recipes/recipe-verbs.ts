import { append, regionHelp, type Cli } from '../deployed/deployed-verbs.ts';
import { variableOption } from './start-values.ts';

/** The verbs that read recipe files. Each verb's module is loaded only when the verb is called. */
export function addRecipeVerbs(cli: Cli): void {
  addValidate(cli);
  addRender(cli);
}

function addValidate({ program, terminal, surroundings, ended }: Cli): void {
  program
    .command('validate')
    .summary('list every problem of recipe files')
    .description('Lists every problem of recipe files with file, line and key. Creates nothing.')
    .argument('<files...>', 'recipe files, or bases, which begin with _')
    .option(...variableOption, append)
    .option('--region <region>', regionHelp)
    .option('--json', 'print one JSON object and nothing else on stdout')
    .action(async (files: string[], { region, ...options }) => {
      const { validate } = await import('./validate.ts');
      ended(await validate(files, terminal, { ...options, home: region ?? (await surroundings.region()) }));
    });
}

function addRender({ program, terminal, surroundings, ended }: Cli): void {
  program
    .command('render')
    .summary('print a recipe with its base, its parameters and its overrides')
    .description(
      'Prints the recipe that a start would build: the files that it extends put together, overrides merged in, and expressions filled in. What is known only when a build starts stays as it is written, such as ${{ date }}.',
    )
    .argument('<recipe>', 'a recipe file, or the name of a recipe in recipes/ or examples/')
    .option(...variableOption, append)
    .option('--override <key=value>', 'set a key of the recipe, or remove it with nothing after = (repeatable)', append)
    .option('--defaults', 'with the defaults of keys that the recipe leaves out')
    .option('--region <region>', regionHelp)
    .option('--json', 'print it as JSON, or everything that is wrong with the recipe')
    .action(async (recipe: string, { region, ...options }) => {
      const { render } = await import('./render.ts');
      ended(await render(recipe, { ...options, home: region ?? (await surroundings.region()) }, terminal));
    });
}
