// What `golden` does for each variant of a recipe where a word names all of them.
import { builtVariants, variantBuildsOf } from '../../aws/variants/wholes.ts';
import { imageName } from '../../core/build/identity.ts';
import { Failure } from '../../core/errors.ts';
import { findBuild, wantedIn, type KnownBuild } from '../deployed/builds.ts';
import { findPipeline, unreachable, type Pipeline, type PipelineOptions } from '../deployed/deployment.ts';
import { refusal, usage } from '../refusal.ts';
import { Refusal } from '../refused.ts';
import type { Terminal } from '../screen/terminal.ts';
import type { Surroundings } from '../surroundings.ts';

/** The words for the variants that a word stands for: a recipe's name or a build. Only the word itself, if it names no variants. */
export async function variantsNamed(pipeline: Pipeline, word: string): Promise<string[]> {
  const wanted = wantedIn(word);
  if ('execution' in wanted) return [word];
  const names =
    'build' in wanted
      ? (await variantBuildsOf(pipeline, await findBuild(pipeline, word))).map(imageName)
      : await builtVariants(pipeline, wanted.recipe);
  return names.length > 1 ? names : [word];
}

/** The build that a word names, for a verb that is about one image. @throws Refusal with the builds of variants, if it names them all. */
export async function findOneBuild(pipeline: Pipeline, word: string): Promise<KnownBuild> {
  const found = await findBuild(pipeline, word);
  const each = await variantBuildsOf(pipeline, found);
  if (each.length === 1) return found;
  throw new Refusal(
    `${word}: is the build of ${each.length} variants, and this is for one: name ${each.map(imageName).join(' or ')}`,
  );
}

/**
 * Runs a verb for each word. With `json`, stdout is the list of what each run printed, with the problems of a run that was refused.
 * A verb that only looks does so for all words. One that `changes` something stops at the first run that failed or was left, and
 * names the words that it did not come to.
 * @returns the first exit code that is not 0.
 */
export async function forEachVariant(
  words: string[],
  { json = false, terminal, changes = false }: { json?: boolean | undefined; terminal: Terminal; changes?: boolean },
  run: (word: string, terminal: Terminal) => Promise<number>,
): Promise<number> {
  const [only = ''] = words;
  if (words.length === 1) return run(only, terminal);
  const printed: unknown[] = [];
  const quiet = { ...terminal, out: (text: string) => void printed.push(JSON.parse(text)) };
  let exitCode = 0;
  for (const [index, word] of words.entries()) {
    const code = await run(word, json ? quiet : terminal).catch((error: unknown) => {
      const refused = error instanceof Failure ? unreachable(error) : error;
      if (!(refused instanceof Refusal)) throw error;
      terminal.err(`  ${word}: ${refused.message}\n`);
      if (json) printed.push(JSON.parse(refusal(refused.problems ?? [usage(word, refused.message)])));
      return 2;
    });
    exitCode ||= code;
    const rest = words.slice(index + 1);
    if (code === 0 || !changes || rest.length === 0) continue;
    terminal.err(`  Nothing was done for ${rest.join(', ')}.\n`);
    break;
  }
  if (json) terminal.out(`${JSON.stringify(printed, null, 2)}\n`);
  return exitCode;
}

/** A verb that changes something, unless it only plans, made to run for a recipe or for each of its variants: see forEachVariant. */
export const changingEach =
  <Options extends PipelineOptions & { json?: boolean; plan?: boolean }>(
    verb: (recipe: string, options: Options, terminal: Terminal, surroundings: Surroundings) => Promise<number>,
  ) =>
  async (recipe: string, options: Options, terminal: Terminal, surroundings: Surroundings): Promise<number> => {
    const words = await variantsNamed(await findPipeline(options, surroundings), recipe);
    return forEachVariant(words, { json: options.json, terminal, changes: !options.plan }, (one, sheet) =>
      verb(one, options, sheet, surroundings),
    );
  };
