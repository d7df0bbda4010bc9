import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inheritedArchitectureProblems } from '../../core/recipe/rules/inherited-architecture.ts';
import { inheritedEncryptionProblems } from '../../core/recipe/rules/inherited-encryption.ts';
import { cycleProblem, cycleThrough } from '../../core/launch/lineage.ts';
import type { Catalog, Recipe } from '../../core/recipe/types.ts';
import { formatProblems, type ParsedRecipe, type Problem } from '../../core/recipe/recipe.ts';
import type { Archives } from './carried-files.ts';
import { readRecipeFile, recipeIn, type ReadingOptions, type RecipeFile } from './recipe-file.ts';
import { locateWith } from './start-values.ts';

export interface Finding extends Partial<Omit<ParsedRecipe, 'problems'>> {
  file: RecipeFile;
  problems: Problem[];
}

/** All checks of recipe files, including those of one file against another. */
export async function examine(files: string[], options?: ReadingOptions): Promise<Finding[]> {
  const findings = await Promise.all(
    files.map(async (path): Promise<Finding> => {
      const read = await readRecipeFile(path);
      const file = { ...read, locate: locateWith({ parameters: options?.parameters }, read.locate) };
      return { file, problems: [], ...recipeIn(file, options) };
    }),
  );
  const recipes = new Map(findings.flatMap(({ recipe }) => (recipe ? [[recipe.name, recipe] as const] : [])));
  for (const { recipe, problems } of findings) {
    const cycle = recipe && cycleThrough(recipe.name, recipes);
    const message = cycle ? cycleProblem(cycle) : recipe && channelProblem(recipe, recipes);
    if (recipe) problems.push(...inheritedArchitectureProblems(recipe, recipes));
    if (message !== undefined) problems.push({ path: ['source', 'channel'], message });
    else if (recipe && options?.home !== undefined)
      problems.push(...inheritedEncryptionProblems(recipe, recipes, options.home));
  }
  return findings;
}

export const problemText = ({ file, problems }: Finding): string =>
  formatProblems(problems, (path) => file.locate(path));

/** All recipes of a folder. `problems` holds every problem of every file as text, one line each. */
export async function readRecipeFolder(
  folder: string,
  options?: { home?: string },
): Promise<{ catalog: Catalog; problems: string[] }> {
  const names = (await readdir(folder)).toSorted();
  const findings = await examine(
    names.filter((name) => name.endsWith('.yaml')).map((name) => join(folder, name)),
    options,
  );
  const archives: Archives = new Map();
  const catalog: Catalog = { recipes: {}, scripts: {}, archives, version: await pipelineVersion() };
  for (const { file } of findings) {
    for (const [digest, archive] of file.archives) archives.set(digest, archive);
    if (file.document !== undefined) catalog.recipes[file.name] = file.document;
    Object.assign(catalog.scripts, file.scripts);
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
