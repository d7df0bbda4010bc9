import type { Problem, Recipe } from '../recipe.ts';
import type { Facts } from './facts.ts';

/**
 * Targets in regions that the account has not enabled. EC2 answers every call there with AuthFailure, so the copy of a
 * finished image would fail.
 */
export function regionProblems(
  { distribute }: Recipe,
  { regions, account }: Pick<Facts, 'regions' | 'account'>,
): Problem[] {
  const known = new Map(regions.found?.map(({ region, enabled }) => [region, enabled]));
  if (!regions.found) return [];
  return distribute.flatMap(({ region }, index) => {
    if (known.get(region)) return [];
    const message = known.has(region)
      ? `${region} is not enabled for account ${account}; enable the region in the account's settings (AWS Regions), or remove the target`
      : `EC2 lists no region ${region} for account ${account}; correct the name, or remove the target`;
    return [{ path: ['distribute', index, 'region'], message }];
  });
}
