import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { Facts } from './facts.ts';

type RegionFindings = Pick<Facts, 'regions' | 'account'>;

/** Why a target's region cannot be used, target by target. */
function unusable({ distribute }: Recipe, { regions, account }: RegionFindings): (Problem & { required: boolean })[] {
  if (!regions.found) return [];
  const known = new Map(regions.found.map(({ region, enabled }) => [region, enabled]));
  return distribute.flatMap(({ region, required }, index) => {
    if (known.get(region)) return [];
    const message = known.has(region)
      ? `${region} is not enabled for account ${account}; enable the region in the account's settings (AWS Regions), or remove the target`
      : `EC2 lists no region ${region} for account ${account}; correct the name, or remove the target`;
    return [{ path: ['distribute', index, 'region'], message, required }];
  });
}

const without = ({ path, message }: Problem): Problem => ({ path, message });

/**
 * Problems with required targets in regions that the account has not enabled. EC2 answers every call there with AuthFailure, so
 * the copy of a finished image would fail.
 */
export const regionProblems = (recipe: Recipe, facts: RegionFindings): Problem[] =>
  unusable(recipe, facts)
    .filter(({ required }) => required)
    .map(without);

/** Notes on optional targets in such regions. */
export const regionNotes = (recipe: Recipe, facts: RegionFindings): Problem[] =>
  unusable(recipe, facts)
    .filter(({ required }) => !required)
    .map(without);

/** Whether the account has not enabled a region. A region that nobody could look at counts as enabled. */
export const isOff = ({ regions }: Pick<Facts, 'regions'>, region: string): boolean =>
  regions.found?.find((one) => one.region === region)?.enabled === false;
