import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { baseProblems } from '../../core/recipe/bases/base-problems.ts';
import { isBaseFile } from '../../core/recipe/bases/with-base.ts';
import { inheritedArchitectureProblems } from '../../core/recipe/rules/inherited-architecture.ts';
import { inheritedEncryptionProblems } from '../../core/recipe/rules/inherited-encryption.ts';
import { cycleProblem, cycleThrough } from '../../core/launch/lineage.ts';
import type { Catalog, Recipe } from '../../core/recipe/types.ts';
import { formatProblems, type ParsedRecipe, type Problem } from '../../core/recipe/recipe.ts';
import type { Archives } from './carried-files.ts';
import { hasVariants } from '../../core/variants/names.ts';
import { variantDocuments } from '../../core/variants/variant-documents.ts';
import { readRecipeFile, recipesOfFile, type ReadingOptions, type RecipeFile } from './recipe-file.ts';
import { locateWith } from './start-values.ts';

/** Where a recipe is looked up by its name, on a simulated AWS and by a shell. */
export const searchedFolders = ['recipes', 'examples', 'examples/cookbook'];

export interface Finding {
  file: RecipeFile;
  /** The recipe, or one for each of its variants. None where something is wrong with the file by itself. */
  recipes: Recipe[];
  /** How they were read. */
  read: ParsedRecipe[];
  problems: Problem[];
}

/** All checks of recipe files, including those of one file against another. */
export async function examine(files: string[], options?: ReadingOptions): Promise<Finding[]> {
  const findings = await Promise.all(
    files.map(async (path): Promise<Finding> => {
      const onDisk = await readRecipeFile(path);
      const file = { ...onDisk, locate: locateWith({ parameters: options?.parameters }, onDisk.locate) };
      if (isBaseFile(basename(path))) return { file, problems: problemsOfBase(file), read: [], recipes: [] };
      const { read = [], problems = [] }: { read?: ParsedRecipe[]; problems?: Problem[] } = recipesOfFile(
        file,
        options,
      );
      return { file, problems, read, recipes: read.map(({ recipe }) => recipe) };
    }),
  );
  const recipes = new Map(
    findings.flatMap((finding) => finding.recipes.map((recipe) => [recipe.name, recipe] as const)),
  );
  for (const { file, recipes: own, problems } of findings)
    problems.push(
      ...own.flatMap((recipe) => againstOthers(recipe, recipes, file, options)),
      ...clashes(file, findings),
    );
  return findings;
}

/** What is wrong with a recipe among the others. The problem of a variant is told at the variant. */
function againstOthers(
  recipe: Recipe,
  recipes: ReadonlyMap<string, Recipe>,
  { name, document }: RecipeFile,
  options?: { home?: string },
): Problem[] {
  const cycle = cycleThrough(recipe.name, recipes);
  const message = cycle ? cycleProblem(cycle) : channelProblem(recipe, recipes);
  const problems = inheritedArchitectureProblems(recipe, recipes);
  if (message !== undefined) problems.push({ path: ['source', 'channel'], message });
  else if (options?.home !== undefined) problems.push(...inheritedEncryptionProblems(recipe, recipes, options.home));
  if (!hasVariants(document)) return problems;
  const variant = recipe.name.slice(name.length + 1);
  return problems.map((problem) => ({ ...problem, path: ['variants', variant, ...problem.path] }));
}

/** Variants whose name is that of another file's recipe or variant. */
const clashes = ({ name, document }: RecipeFile, findings: Finding[]): Problem[] =>
  variantDocuments(document).flatMap((one) => {
    const other = findings.find(
      ({ file }) =>
        file.name !== name &&
        (file.name === one.name || variantDocuments(file.document).some((theirs) => theirs.name === one.name)),
    );
    const message = `makes the name ${one.name}, which ${other?.file.file} has already`;
    return other ? [{ path: ['variants', one.variant], message }] : [];
  });

const problemsOfBase = ({ document, problems }: RecipeFile): Problem[] =>
  document === undefined ? problems : [...problems, ...baseProblems(document)];

/** The files of a folder that are recipes. A file that begins with an underscore is only a base of others. */
export const recipeNames = (names: string[]): string[] =>
  names.filter((name) => name.endsWith('.yaml') && !isBaseFile(name));

export const problemText = ({ file, problems }: Finding): string =>
  formatProblems(problems, (path) => file.locate(path));

/** All recipes of a folder. `problems` holds every problem of every file as text, one line each. */
export async function readRecipeFolder(
  folder: string,
  options?: { home?: string },
): Promise<{ catalog: Catalog; problems: string[] }> {
  const names = (await readdir(folder)).toSorted();
  const findings = await examine(
    recipeNames(names).map((name) => join(folder, name)),
    options,
  );
  const archives: Archives = new Map();
  const catalog: Catalog = { recipes: {}, scripts: {}, archives, version: await pipelineVersion() };
  for (const { file } of findings) {
    for (const [digest, archive] of file.archives) archives.set(digest, archive);
    Object.assign(catalog.scripts, file.scripts);
    if (file.document === undefined) continue;
    const variants = variantDocuments(file.document);
    for (const { name, document } of variants) catalog.recipes[name] = document;
    if (hasVariants(file.document)) (catalog.variants ??= {})[file.name] = variants.map(({ name }) => name);
    else catalog.recipes[file.name] = file.document;
  }
  const misnamed = names
    .filter((name) => name.endsWith('.yml'))
    .map((name) => `${join(folder, name)}: is not read; a recipe file ends in .yaml`);
  return {
    catalog,
    problems: [...misnamed, ...findings.filter(({ problems }) => problems.length > 0).map(problemText)],
  };
}

async function pipelineVersion(): Promise<string> {
  const text = await readFile(join(process.env['GOLDEN_ROOT'] ?? '.', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

// A recipe elsewhere may publish the channel. A recipe in this folder that does not publish it is a mistake.
function channelProblem({ source }: Recipe, recipes: ReadonlyMap<string, Recipe>): string | undefined {
  const [base = '', channel] = source.channel?.split('/') ?? [];
  const published = recipes.get(base);
  if (!published || published.publish?.channel === channel) return undefined;
  const instead = published.publish ? `publishes ${published.publish.channel}` : 'publishes nothing';
  return `${base} has no channel ${channel}; it ${instead}`;
}
