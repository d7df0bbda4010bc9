import { isSamePlace } from '../distribute/place.ts';
import type { Recipe, Target } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import { targetFindings, type TargetFacts } from './findings.ts';

interface Found {
  problems: Problem[];
  notes: Problem[];
}

/** What would make the copies of a published image to further targets fail. `recipe` has only those targets. */
export function findingsOfAddition(recipe: Recipe, facts: TargetFacts): Found {
  const isOfTargets = ({ path }: Problem) => path[0] === 'distribute' || path[0] === 'publish';
  const { problems, notes } = targetFindings(recipe, facts);
  return { problems: problems.filter(isOfTargets), notes: notes.filter(isOfTargets) };
}

/**
 * The same for targets that have an image already and get copies in other accounts: the roles there, and the key that is lent.
 * @param further Those targets, as the recipe has them.
 */
export function copyFindings(recipe: Recipe, further: Target[], facts: TargetFacts): Found {
  const isOfCopy = ({ path: [first, index, key] }: Problem) =>
    first === 'distribute' &&
    typeof index === 'number' &&
    further.includes(recipe.distribute[index] as Target) &&
    (key === 'copyTo' || key === 'kmsKey');
  const { problems, notes } = targetFindings(recipe, facts);
  return { problems: problems.filter(isOfCopy), notes: notes.filter(isOfCopy) };
}

/** Problems of a recipe with only some of its targets and copies, at the places that they have in the whole recipe. */
export const atWholeRecipe = (problems: Problem[], whole: Recipe, { distribute }: Recipe): Problem[] =>
  problems.map(({ path, message }) => {
    const [first, at, key, copyAt] = path;
    const target = first === 'distribute' && typeof at === 'number' ? distribute[at] : undefined;
    const index = target ? whole.distribute.findIndex((one) => isSamePlace(one, target)) : -1;
    if (index < 0) return { path, message };
    const account = key === 'copyTo' && typeof copyAt === 'number' ? target?.copyTo?.[copyAt]?.account : undefined;
    const copyIndex = whole.distribute[index]?.copyTo?.findIndex((one) => one.account === account) ?? -1;
    const rest = copyIndex < 0 ? path.slice(2) : ['copyTo', copyIndex, ...path.slice(4)];
    return { path: ['distribute', index, ...rest], message };
  });
