import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import { channelNotes, channelProblems } from './channel.ts';
import { encryptionProblems, keyNotes } from './encryption.ts';
import type { Facts } from './facts.ts';
import { publicAccessProblems } from './public-access.ts';
import { regionNotes, regionProblems } from './regions.ts';

/** What targets that are added to a published build depend on. */
type AdditionFacts = Pick<
  Facts,
  'region' | 'account' | 'source' | 'regions' | 'encryption' | 'channel' | 'publicAccess'
>;

/** What would make the copies of a published image to further targets fail. `recipe` has only those targets. */
export function findingsOfAddition(recipe: Recipe, facts: AdditionFacts): { problems: Problem[]; notes: Problem[] } {
  const ofTargets = ({ path }: Problem) => path[0] === 'distribute' || path[0] === 'publish';
  const unread = Object.entries(facts.encryption).flatMap(([region, { refused }]): Problem[] =>
    refused === undefined
      ? []
      : [{ path: ['distribute'], message: `could not look at EBS encryption in ${region}: ${refused}` }],
  );
  return {
    problems: [
      ...regionProblems(recipe, facts),
      ...encryptionProblems(recipe, facts),
      ...channelProblems(facts),
      ...publicAccessProblems(recipe, facts),
    ].filter(ofTargets),
    notes: [...regionNotes(recipe, facts), ...channelNotes(facts), ...keyNotes(recipe, facts), ...unread].filter(
      ofTargets,
    ),
  };
}

/** Problems of a recipe with only some of its targets, at the places that they have in the whole recipe. */
export const atWholeRecipe = (problems: Problem[], whole: Recipe, { distribute }: Recipe): Problem[] =>
  problems.map(({ path, message }) => {
    const target = path[0] === 'distribute' && typeof path[1] === 'number' ? distribute[path[1]] : undefined;
    const index = target === undefined ? -1 : whole.distribute.indexOf(target);
    return { path: index < 0 ? path : ['distribute', index, ...path.slice(2)], message };
  });
