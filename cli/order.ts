import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { parse } from 'yaml';
import { buildNamePattern } from '../core/build.ts';
import { applyOverrides, formatProblems, parseRecipe, type Catalog, type Recipe } from '../core/recipe.ts';
import { knownRegions } from '../core/regions.ts';
import { parseScenario } from '../simulator/scenario.ts';
import { examine, problemText, readRecipeFolder, type Finding } from './recipe-folder.ts';

export interface OrderOptions {
  region: string;
  override?: string[];
  scenario?: string;
  build?: string;
}

/** What a simulation is to build, all of it read and found to make sense. */
export interface Order {
  /** The recipe itself last, before it those that publish the channels it starts from. */
  recipes: Recipe[];
  catalog: Catalog;
  overrides?: Record<string, unknown>;
  scenario?: unknown;
}

/** Reads all that a command line names. Either an order or every problem there is, a line or more each. */
export async function takeOrder(
  wanted: string,
  options: OrderOptions,
): Promise<{ order: Order } | { problems: string[] }> {
  const { region, build } = options;
  const problems: string[] = [];
  if (!knownRegions.includes(region)) problems.push(`--region ${region}: there is no such region`);
  if (build !== undefined && !buildNamePattern.test(build)) {
    problems.push(`--build ${build}: is no build id, such as 20261123-030000-9f2c`);
  }
  const scenario = await readScenario(options.scenario, problems);
  const overrides = readOverrides(options.override ?? [], problems);

  const file = recipeFile(wanted);
  const [finding] = await examine([file], { home: region });
  const { catalog } =
    finding?.file.document === undefined
      ? { catalog: { recipes: {}, scripts: {} } }
      : await readRecipeFolder(dirname(file), { home: region });
  const recipe = overrides && finding ? withOverrides(finding, overrides, catalog, region, problems) : finding?.recipe;
  if (!recipe) {
    if (finding && !overrides) problems.push(problemText(finding));
    return { problems };
  }
  const ancestors = await ancestorsOf(recipe, dirname(file), region, problems);
  if (problems.length > 0) return { problems };
  const recipes = [...ancestors, recipe];
  return { order: { recipes, catalog, ...(overrides && { overrides }), ...(scenario !== undefined && { scenario }) } };
}

/** The recipe as it is with the overrides: what they replace may well be wrong in the file. */
function withOverrides(
  { file }: Finding,
  overrides: Record<string, unknown>,
  catalog: Catalog,
  home: string,
  problems: string[],
): Recipe | undefined {
  if (file.problems.length > 0) {
    problems.push(formatProblems(file.problems, (path) => file.locate(path)));
    return undefined;
  }
  const { recipe, problems: found = [] } = parseRecipe(applyOverrides(file.document, overrides), catalog.scripts, {
    home,
  });
  const byOverride = (path: (string | number)[]) => path.length > 0 && String(path[0]) in overrides;
  if (!recipe)
    problems.push(formatProblems(found, (path) => (byOverride(path) ? { file: '--override' } : file.locate(path))));
  if (recipe && recipe.name !== file.name) {
    problems.push('--override name: a recipe cannot be renamed');
    return undefined;
  }
  return recipe;
}

/** A path as it is; a name is looked for in recipes/ here, and then in the project's own. */
function recipeFile(wanted: string): string {
  if (/[/\\]|\.ya?ml$/.test(wanted)) return wanted;
  const own = join('recipes', `${wanted}.yaml`);
  const root = process.env['GOLDEN_ROOT'];
  if (existsSync(own) || root === undefined) return own;
  return relative(process.cwd(), join(root, own));
}

async function readScenario(file: string | undefined, problems: string[]): Promise<unknown> {
  if (file === undefined) return undefined;
  try {
    const document: unknown = parse(await readFile(file, 'utf8'));
    parseScenario(document);
    return document;
  } catch (error) {
    problems.push(`--scenario ${file}: ${(error as Error).message}`);
    return undefined;
  }
}

/** `builder.rootVolume.sizeGiB=10`: the value is YAML, and none at all removes the key. */
function readOverrides(list: string[], problems: string[]): Record<string, unknown> | undefined {
  const overrides: Record<string, unknown> = {};
  for (const text of list) {
    const [, key = '', value = ''] = /^([a-z][\w-]*(?:\.[a-z][\w-]*)*)=(.*)$/is.exec(text) ?? [];
    if (!key) {
      problems.push(`--override ${text}: is not like builder.rootVolume.sizeGiB=10`);
      continue;
    }
    try {
      place(overrides, key.split('.'), parse(value));
    } catch (error) {
      problems.push(`--override ${text}: ${(error as Error).message}`);
    }
  }
  return list.length > 0 ? overrides : undefined;
}

function place(into: Record<string, unknown>, [key = '', ...inner]: string[], value: unknown): void {
  if (inner.length === 0) {
    into[key] = value;
    return;
  }
  const present = into[key];
  if (typeof present !== 'object' || present === null || Array.isArray(present)) into[key] = {};
  place(into[key] as Record<string, unknown>, inner, value);
}

/** The recipes whose channels a recipe starts from, the first to build first: in a simulation nobody has published them yet. */
async function ancestorsOf(recipe: Recipe, folder: string, region: string, problems: string[]): Promise<Recipe[]> {
  const ancestors: Recipe[] = [];
  let heir = recipe;
  while (heir.source.channel !== undefined) {
    const [name = '', channel] = heir.source.channel.split('/');
    const file = join(folder, `${name}.yaml`);
    const where = `${join(folder, heir.name)}.yaml source.channel`;
    if ([recipe, ...ancestors].some((one) => one.name === name)) {
      problems.push(`${where}: ${name} starts from ${recipe.name} itself, so neither can be built first`);
      break;
    }
    if (!existsSync(file)) {
      problems.push(
        `${where}: a simulation starts without channels, and there is no ${file} to publish ${heir.source.channel}`,
      );
      break;
    }
    const [finding] = await examine([file], { home: region });
    if (!finding?.recipe) {
      if (finding) problems.push(problemText(finding));
      break;
    }
    if (finding.recipe.publish?.channel !== channel) {
      problems.push(`${where}: ${file} does not publish ${heir.source.channel}`);
      break;
    }
    heir = finding.recipe;
    ancestors.unshift(heir);
  }
  return ancestors;
}
