import { isMap } from '../is-map.ts';
import { parsed } from '../recipe/catalog.ts';
import type { Given } from '../recipe/parameters/fill.ts';
import type { RecipeReading } from '../recipe/parameters/recipe-reading.ts';
import { parseRecipe, refuse, type Problem } from '../recipe/recipe.ts';
import type { Catalog, Recipe } from '../recipe/types.ts';

/** The recipe of a document with the values of a start, or everything that is wrong with it. */
export function readRecipe(
  document: unknown,
  scripts: Catalog['scripts'],
  home: string,
  parameters: Record<string, unknown>,
): { recipe: Recipe; reading: RecipeReading; problems?: never } | { problems: Problem[] } {
  const read = (given: Given) => parseRecipe(document, scripts, { home, given });
  const again = (given: Given) => {
    const { recipe, problems } = read(given);
    return recipe ?? refuse(problems);
  };
  const isPlain = Object.keys(parameters).length === 0 && isMap(document) && document['parameters'] === undefined;
  // A document of the catalog is parsed only once.
  const result = isPlain ? parsed(document, scripts, home) : read({ parameters });
  if (result.problems) return result;
  const { recipe, values, missing, needsFacts } = result;
  return { recipe, reading: { values, missing, needsFacts, again } };
}
