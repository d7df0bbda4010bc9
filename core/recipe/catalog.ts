import { Failure } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { namesWhole } from '../variants/names.ts';
import type { Catalog, Recipe } from './types.ts';
import { formatProblems, parseRecipe } from './recipe.ts';

type Parsed = ReturnType<typeof parseRecipe>;

/** Cache of parsed documents. Functions that run every hour parse the same documents again, and nobody changes a document in place. */
const known = new WeakMap<object, Map<Home, { scripts: Catalog['scripts']; parsed: Parsed }>>();

/** The region the pipeline runs in. Undefined if the caller needs nothing that depends on it. */
type Home = string | undefined;

/** A document of the catalog as a recipe, or everything that is wrong with it. */
export function parsed(document: unknown, scripts: Catalog['scripts'], home: Home): Parsed {
  const around = home === undefined ? {} : { home };
  if (typeof document !== 'object' || document === null) return parseRecipe(document, scripts, around);
  const byHome = known.get(document) ?? new Map<Home, { scripts: Catalog['scripts']; parsed: Parsed }>();
  const before = byHome.get(home);
  if (before?.scripts === scripts) return before.parsed;
  const now = { scripts, parsed: parseRecipe(document, scripts, around) };
  known.set(document, byHome.set(home, now));
  return now.parsed;
}

export function unknownRecipe(catalog: Pick<Catalog, 'recipes' | 'variants'>, name: string): string {
  const names = Object.keys(catalog.recipes);
  const unknown = `there is no recipe "${name}"; there are ${names.join(', ') || 'none'}${didYouMean(name, names)}`;
  return namesWhole(catalog, name) ?? unknown;
}

/**
 * A recipe of the catalog by its name.
 * @throws RecipeInvalid: deployed recipes were validated, but perhaps by another version of the pipeline.
 */
export function recipeOf(catalog: Catalog, name: string, home: string): Recipe {
  const { recipes, scripts } = catalog;
  if (!Object.hasOwn(recipes, name)) throw new Failure('RecipeInvalid', `recipe: ${unknownRecipe(catalog, name)}`);
  const { recipe, problems } = parsed(recipes[name], scripts, home);
  if (recipe) return recipe;
  throw new Failure('RecipeInvalid', `${name}: ${formatProblems(problems, () => undefined)}`);
}

/** Every recipe that is valid. */
export function soundRecipes({ recipes, scripts }: Catalog, home: Home): Recipe[] {
  return Object.values(recipes).flatMap((document) => parsed(document, scripts, home).recipe ?? []);
}

/** Every valid recipe with the channel it publishes to, in the order of their names. */
export const channelsOf = (catalog: Catalog): { recipe: string; channel: string | null }[] =>
  soundRecipes(catalog, undefined)
    .map(({ name, publish }) => ({ recipe: name, channel: publish?.channel ?? null }))
    .toSorted((a, b) => (a.recipe < b.recipe ? -1 : 1));
