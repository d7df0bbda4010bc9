import { parentOf } from '../../launch/lineage.ts';
import type { Recipe } from '../types.ts';
import { architectureOf } from './architecture.ts';
import { foreignTypes } from '../builder/builder-rules.ts';
import type { Problem } from '../problems.ts';

/** Instance types of a recipe that cannot start its parent's image. An image has the architecture of its builder. */
export function inheritedArchitectureProblems(recipe: Recipe, recipes: ReadonlyMap<string, Recipe>): Problem[] {
  const parent = recipes.get(parentOf(recipe) ?? '');
  const wanted = parent?.builder.instanceTypes.map(architectureOf).find((architecture) => architecture !== undefined);
  if (wanted === undefined) return [];
  return foreignTypes(recipe.builder.instanceTypes, wanted, `its source ${recipe.source.channel}`).map(
    ({ index, message }) => ({ path: ['builder', 'instanceTypes', index], message }),
  );
}
