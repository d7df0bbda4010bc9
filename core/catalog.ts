import { Failure } from './errors.ts';
import { formatProblems, parseRecipe, type Catalog, type Recipe } from './recipe.ts';

/**
 * A recipe of the catalog by its name.
 * @throws RecipeInvalid: deployed recipes were validated, but perhaps by another version of the pipeline.
 */
export function recipeOf({ recipes, scripts }: Catalog, name: string): Recipe {
  const { recipe, problems } = parseRecipe(Object.hasOwn(recipes, name) ? recipes[name] : undefined, scripts);
  if (recipe) return recipe;
  throw new Failure('RecipeInvalid', `${name}: ${formatProblems(problems, () => undefined)}`);
}

/** Every recipe that can be read. */
export function soundRecipes({ recipes, scripts }: Catalog): Recipe[] {
  return Object.values(recipes).flatMap((document) => parseRecipe(document, scripts).recipe ?? []);
}

/** Every recipe that can be read, with the channel it publishes, in the order of their names. */
export const channelsOf = (catalog: Catalog): { recipe: string; channel: string | null }[] =>
  soundRecipes(catalog)
    .map(({ name, publish }) => ({ recipe: name, channel: publish?.channel ?? null }))
    .toSorted((a, b) => (a.recipe < b.recipe ? -1 : 1));
