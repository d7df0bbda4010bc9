import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import { targetFindings, type TargetFacts } from './findings.ts';

const onlyBuilds = 'golden distribute makes no copies in other accounts, only a build does: start one';

/** What would make the copies of a published image to further targets fail. `recipe` has only those targets. */
export function findingsOfAddition(recipe: Recipe, facts: TargetFacts): { problems: Problem[]; notes: Problem[] } {
  const isOfTargets = ({ path }: Problem) => path[0] === 'distribute' || path[0] === 'publish';
  const { problems, notes } = targetFindings(recipe, facts);
  const intoAccounts = recipe.distribute.flatMap(({ copyTo }, index) =>
    copyTo ? [{ path: ['distribute', index, 'copyTo'], message: onlyBuilds }] : [],
  );
  return {
    problems: [...intoAccounts, ...problems.filter(isOfTargets)],
    notes: notes.filter(isOfTargets),
  };
}

/** Problems of a recipe with only some of its targets, at the places that they have in the whole recipe. */
export const atWholeRecipe = (problems: Problem[], whole: Recipe, { distribute }: Recipe): Problem[] =>
  problems.map(({ path, message }) => {
    const target = path[0] === 'distribute' && typeof path[1] === 'number' ? distribute[path[1]] : undefined;
    const index = target === undefined ? -1 : whole.distribute.indexOf(target);
    return { path: index < 0 ? path : ['distribute', index, ...path.slice(2)], message };
  });
