import { Failure } from './errors.ts';
import { formatProblems, parseRecipe, type Catalog, type Recipe } from './recipe.ts';

type Parsed = ReturnType<typeof parseRecipe>;

/** Functions that are called every hour ask for the same documents again and again; nobody changes one in its place. */
const known = new WeakMap<object, { scripts: Catalog['scripts']; parsed: Parsed }>();

function parsed(document: unknown, scripts: Catalog['scripts']): Parsed {
  if (typeof document !== 'object' || document === null) return parseRecipe(document, scripts);
  const before = known.get(document);
  if (before?.scripts === scripts) return before.parsed;
  const now = { scripts, parsed: parseRecipe(document, scripts) };
  known.set(document, now);
  return now.parsed;
}

/**
 * A recipe of the catalog by its name.
 * @throws RecipeInvalid: deployed recipes were validated, but perhaps by another version of the pipeline.
 */
export function recipeOf({ recipes, scripts }: Catalog, name: string): Recipe {
  const { recipe, problems } = parsed(Object.hasOwn(recipes, name) ? recipes[name] : undefined, scripts);
  if (recipe) return recipe;
  throw new Failure('RecipeInvalid', `${name}: ${formatProblems(problems, () => undefined)}`);
}

/** Every recipe that can be read. */
export function soundRecipes({ recipes, scripts }: Catalog): Recipe[] {
  return Object.values(recipes).flatMap((document) => parsed(document, scripts).recipe ?? []);
}

/** Every recipe that can be read, with the channel it publishes, in the order of their names. */
export const channelsOf = (catalog: Catalog): { recipe: string; channel: string | null }[] =>
  soundRecipes(catalog)
    .map(({ name, publish }) => ({ recipe: name, channel: publish?.channel ?? null }))
    .toSorted((a, b) => (a.recipe < b.recipe ? -1 : 1));
