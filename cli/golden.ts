import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { join } from 'node:path';
import { processTerminal, type Terminal } from './terminal.ts';

const examples = `
Examples:
  golden simulate                                  bake recipes/al2023-base.yaml on a simulated AWS
  golden simulate web-server --override builder.rootVolume.sizeGiB=20
  golden simulate recipes/al2023-base.yaml --scenario faults.yaml --json
  golden validate recipes/*.yaml

Exit codes: 0 the image is published (or already was), 1 the build failed, 2 something about the input is wrong.`;

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

const append = (value: string, former: string[] = []) => [...former, value];

/** Runs one command line and says what the exit code is. Verbs are loaded when they are asked for, so that help is quick. */
export async function golden(args: string[], terminal: Terminal): Promise<number> {
  let exitCode = 0;
  const program = new Command('golden')
    .description('Golden images (AMIs) from recipes: build, check, distribute, publish.')
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

  program
    .command('simulate')
    .summary('bake a recipe on a simulated AWS, with the state machine and the functions that are deployed')
    .description(
      'Bakes a recipe on a simulated AWS: the state machine and the functions that are deployed, real SDK clients, and a virtual clock on which an hour takes milliseconds. Needs no AWS account.',
    )
    .argument('[recipe]', 'a recipe file, or the name of a recipe in recipes/', 'al2023-base')
    .option('--json', 'print the manifest and nothing else on stdout; progress goes to stderr')
    .option('--speed <speed>', 'real, max, or simulated seconds per real second', speedOf, 'max')
    .option('--scenario <file>', 'faults and delays to simulate (YAML)')
    .option(
      '--override <key=value>',
      'set a key of the recipe for this build, or remove it with nothing after = (repeatable)',
      append,
    )
    .option('--region <region>', 'where the pipeline and the builder live', 'us-east-1')
    .option('--seed <number>', 'seed of all that is random in the simulated AWS', seedOf)
    .option(
      '--build <id>',
      'the id of the build; a simulated AWS starts empty, so there is nothing of an earlier one to adopt',
    )
    .option('--out <folder>', 'where to write the manifest and the command logs', 'out')
    .action(async (recipe: string, options) => {
      const { simulate } = await import('./simulate.ts');
      exitCode = await simulate(recipe, options, terminal);
    });

  program
    .command('validate')
    .summary('list every problem of recipe files')
    .description('Lists every problem of recipe files with file, line and key. Creates nothing.')
    .argument('<files...>', 'recipe files')
    .action(async (files: string[]) => {
      const { validate } = await import('./validate.ts');
      exitCode = await validate(files, terminal);
    });

  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return exitCode;
}

// The launcher sets argv as if Node had been started with this file; inside its bundle import.meta.url is another one.
if (process.argv[1]?.endsWith(join('cli', 'golden.ts'))) {
  // A reader that has seen enough (`golden … | head`) is no failure
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  process.exitCode = await golden(process.argv.slice(2), processTerminal());
}
