import { basename, dirname } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml';
import { parseRecipe, type Path, type Place, type Problem, type Recipe } from '../core/recipe.ts';
import { readScripts, readText, reason } from './recipe-scripts.ts';

/** A recipe as it lies on disk. */
export interface RecipeFile {
  file: string;
  /** What the recipe has to be called. */
  name: string;
  document: unknown;
  /** Scripts of the recipe and their neighbours, by path below the recipe's folder. */
  scripts: Record<string, string>;
  /** What is wrong before anybody looks for a recipe in it. */
  problems: Problem[];
  /** Where a path of the document is: its key, or what is left of it where there is none. */
  locate: (path: Path) => Place;
}

export async function readRecipeFile(file: string): Promise<RecipeFile> {
  const name = basename(file, '.yaml');
  let text: string;
  try {
    text = await readText(file);
  } catch (error) {
    const problems = [{ path: [], message: `cannot be read: ${reason(error)}` }];
    return { file, name, document: undefined, scripts: {}, problems, locate: () => ({ file }) };
  }
  const { document, problems, locate } = readYaml(text, file);
  const found = await readScripts(dirname(file), document);
  return { file, name, document, scripts: found.scripts, problems: [...problems, ...found.problems], locate };
}

function readYaml(text: string, file: string): Pick<RecipeFile, 'document' | 'problems' | 'locate'> {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const placeAt = (offset = 0): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const locate = (path: Path) => placeAt(offsetOf(yaml, path));
  const problemAt = (offset: number | undefined, message: string): Problem => ({
    path: [],
    message,
    place: placeAt(offset),
  });

  const complaints = [...yaml.errors, ...yaml.warnings];
  const twice = complaints
    .filter(({ code }) => code === 'DUPLICATE_KEY')
    .map(({ pos }) => problemAt(pos[0], 'this key is here twice'));
  const fatal = complaints
    .filter(({ code }) => code !== 'DUPLICATE_KEY')
    .map(({ message, pos }) => problemAt(pos[0], `is not YAML a recipe can be: ${message.split('\n')[0]}`));
  visit(yaml, {
    Alias: (_key, alias) => {
      if (!alias.resolve(yaml))
        fatal.push(problemAt(alias.range?.[0], `*${alias.source} stands for nothing before it`));
    },
  });
  if (fatal.length > 0) return { document: undefined, problems: [...twice, ...fatal], locate };
  try {
    // Some lines of YAML can stand for gigabytes by aliases of aliases.
    return { document: yaml.toJS({ maxAliasCount: 100 }) as unknown, problems: twice, locate };
  } catch (error) {
    return { document: undefined, problems: [...twice, problemAt(0, `cannot be read: ${reason(error)}`)], locate };
  }
}

/** The recipe in a file, or everything that is wrong with it. */
export function recipeIn(
  { name, document, scripts, problems }: RecipeFile,
  options?: { home?: string },
): { recipe: Recipe } | { problems: Problem[] } {
  if (document === undefined) return { problems };
  const parsed = parseRecipe(document, scripts, options);
  const all = [...problems];
  const known = new Set(problems.map(({ path }) => path.join('/')));
  // A script that was refused here is missing there: once is enough.
  if ('problems' in parsed)
    all.push(...parsed.problems.filter(({ path }) => path.at(-1) !== 'script' || !known.has(path.join('/'))));
  const given = (document as { name?: unknown } | null)?.name;
  if (typeof given === 'string' && given !== name) {
    all.push({
      path: ['name'],
      message: `is ${given}, but the file is ${name}.yaml: a recipe is found by its file, so both must be the same`,
    });
  }
  return 'recipe' in parsed && all.length === 0 ? parsed : { problems: all };
}

function offsetOf(yaml: Document.Parsed, path: Path): number {
  let node: unknown = yaml.contents;
  let offset = yaml.contents?.range[0] ?? 0;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(yaml);
    let next: Node | undefined;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      next = pair?.key as Node | undefined;
      node = pair?.value;
    } else if (isSeq(node)) {
      next = node.items[Number(part)] as Node | undefined;
      node = next;
    }
    if (!next) break;
    offset = next.range?.[0] ?? offset;
  }
  return offset;
}
