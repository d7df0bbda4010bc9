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
