import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buildNamePattern } from '../../core/build/identity.ts';
import type { Catalog, Recipe } from '../../core/recipe/types.ts';
import { applyOverrides, type ParsedRecipe, type Path, type FilePlace } from '../../core/recipe/recipe.ts';
import { missingIn, readVariants } from '../../core/variants/variants.ts';
import { ancestorsOf, type Bake } from './ancestors.ts';
import { knownRegions } from '../../core/recipe/regions.ts';
import { parseScenario, ScenarioWrong, type Scenario } from '../../simulator/pipeline/scenario.ts';
import { readYaml } from '../recipes/recipe-file.ts';
import { examine, readRecipeFolder, searchedFolders, type Finding } from '../recipes/recipe-folder.ts';
import { locateWith, readVariables, type StartValues } from '../recipes/start-values.ts';
import { readText, reason } from '../recipes/recipe-scripts.ts';
import { placed, usage, type Placed } from '../refusal.ts';

export interface OrderOptions {
  region: string;
  override?: string[];
  var?: string[];
  scenario?: string;
  build?: string;
}

/** The work of a simulation, fully read and checked. */
interface Order {
  /** The recipe itself comes last, after the recipes that publish the channels it starts from. */
  bakes: Bake[];
  /** Includes the recipe after the overrides: the simulation deploys exactly these recipes. */
  catalog: Catalog;
  /** Values of the recipe's parameters. */
  parameters?: Record<string, string>;
  scenario?: ScenarioFile;
}

/** A scenario as it is on disk, checked by itself. */
interface ScenarioFile {
  document: unknown;
  scenario: Scenario;
  locate: (path: Path) => FilePlace;
}

/** Reads everything that a command line names. Returns either an order or all problems. */
export async function takeOrder(
  wanted: string,
  options: OrderOptions,
): Promise<{ order: Order } | { problems: Placed[] }> {
  const { region, build } = options;
  const problems: Placed[] = [];
  if (!knownRegions.includes(region)) problems.push(usage(`--region ${region}`, 'there is no such region'));
  if (build !== undefined && !buildNamePattern.test(build)) {
    problems.push(usage(`--build ${build}`, 'is no build id, such as 20261123-030000-9f2c'));
  }
  const scenario = await readScenario(options.scenario, problems);
  const overrides = readOverrides(options.override ?? [], problems);
  const parameters = readVariables(options.var, problems);

  const file = recipeFile(wanted);
  const [finding] = await examine([file], { home: region, parameters });
  const { catalog } =
    finding?.file.document === undefined
      ? { catalog: { recipes: {}, scripts: {}, version: '' } }
      : await readRecipeFolder(dirname(file), { home: region });
  const chosen = { overrides, parameters };
  const read = finding && chosenRecipes(finding, chosen, catalog, region, problems);
  if (!read) return { problems };
  const bake = { name: finding.file.name, recipes: read.map(({ recipe }) => recipe) };
  const ancestors = await ancestorsOf(bake, dirname(file), region, problems);
  if (problems.length > 0) return { problems };
  const documents = { ...catalog.recipes };
  for (const { recipe, values } of read)
    documents[recipe.name] = withDefaults(applyOverrides(documents[recipe.name], overrides), values);
  const order = { bakes: [...ancestors, bake], catalog: { ...catalog, recipes: documents } };
  return { order: { ...order, ...(parameters && { parameters }), ...(scenario && { scenario }) } };
}

export const placedIn = ({ file, problems }: Finding): Placed[] => placed(problems, (path) => file.locate(path));

/** The recipe, or its variants, with what the command line adds. The file may have errors in places that overrides replace. */
function chosenRecipes(
  finding: Finding,
  { overrides, parameters = {} }: StartValues,
  { scripts }: Catalog,
  home: string,
  problems: Placed[],
): ParsedRecipe[] | undefined {
  const { file } = finding;
  const locate = locateWith({ overrides, parameters }, file.locate);
  const wrong = overrides ? file.problems : finding.recipes.length > 0 ? [] : finding.problems;
  problems.push(...placed(wrong, file.locate));
  if (wrong.length > 0) return undefined;
  const { read, problems: found } = readVariants(file.document, scripts, { home, given: { parameters } }, overrides);
  const missing = missingIn(read ?? []);
  problems.push(...placed(found ?? missing, locate));
  if (read && overrides && Object.hasOwn(overrides, 'name') && overrides['name'] !== file.name) {
    problems.push(usage('--override name', 'a recipe cannot be renamed'));
    return undefined;
  }
  return read && missing.length === 0 ? read : undefined;
}

/** The document as it would be deployed with these values as defaults, so that the simulated account has what the recipe names. */
function withDefaults(document: unknown, values: ParsedRecipe['values']): unknown {
  const definitions = Object.entries((document as Partial<Recipe>).parameters ?? {});
  if (definitions.length === 0) return document;
  const parameters = definitions.map(([name, definition]) => [name, { ...definition, default: values[name] }]);
  return { ...(document as Recipe), parameters: Object.fromEntries(parameters) as Recipe['parameters'] };
}

/** recipes/ in the current folder, else the project's own. */
export function recipesFolder(): string {
  const root = process.env['GOLDEN_ROOT'];
  return existsSync('recipes') || root === undefined ? 'recipes' : relative(process.cwd(), join(root, 'recipes'));
}

/** Finds a file. A path is taken as it is; a name is looked up in the folders of recipes here, then in the project's own. */
export function recipeFile(wanted: string): string {
  if (/[/\\]|\.ya?ml$/.test(wanted)) return wanted;
  const root = process.env['GOLDEN_ROOT'];
  const files = ['.', ...(root === undefined ? [] : [relative(process.cwd(), root)])].flatMap((at) =>
    searchedFolders.map((folder) => join(at, folder, `${wanted}.yaml`)),
  );
  return files.find((file) => existsSync(file)) ?? join('recipes', `${wanted}.yaml`);
}

export async function readScenario(file: string | undefined, problems: Placed[]): Promise<ScenarioFile | undefined> {
  if (file === undefined) return undefined;
  try {
    const { document, problems: found, locate } = readYaml(await readText(file), file, 'a scenario');
    problems.push(...placed(found, locate));
    if (found.length > 0) return undefined;
    try {
      return { document, scenario: parseScenario(document), locate };
    } catch (error) {
      if (!(error instanceof ScenarioWrong)) throw error;
      problems.push(...placed(error.problems, locate));
    }
  } catch (error) {
    problems.push({ path: [], message: `cannot be read: ${reason(error)}`, place: { file } });
  }
  return undefined;
}

/** Parses `builder.rootVolume.sizeGiB=10`. The value is YAML; an empty value removes the key. */
export function readOverrides(list: string[], problems: Placed[]): Record<string, unknown> | undefined {
  const overrides: Record<string, unknown> = {};
  for (const text of list) {
    const option = `--override ${text}`;
    const [, key = '', value = ''] = /^([a-z][\w-]*(?:\.[a-z][\w-]*)*)=(.*)$/is.exec(text) ?? [];
    if (!key) {
      problems.push(usage(option, 'is not like builder.rootVolume.sizeGiB=10'));
      continue;
    }
    const { document, problems: found } = readYaml(value, option, 'an override');
    problems.push(...found.map(({ message }) => usage(option, message)));
    if (found.length === 0) place(overrides, key.split('.'), document);
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
