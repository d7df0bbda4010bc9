import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { Facts } from './facts.ts';

/** Regions in which a recipe makes its image public. */
export const publicRegions = ({ distribute }: Recipe): string[] => [
  ...new Set(distribute.flatMap(({ region, allowPublic }) => (allowPublic ? region : []))),
];

/**
 * Targets that are public in a region that blocks public access, or whose state nobody can read. EC2 would refuse the permission
 * when the image is made and copied already.
 */
export const publicAccessProblems = (
  { distribute }: Recipe,
  { publicAccess }: Pick<Facts, 'publicAccess'>,
): Problem[] =>
  distribute.flatMap(({ region, allowPublic }, index): Problem[] => {
    const seen = allowPublic ? publicAccess[region] : undefined;
    if (!seen || seen.found === 'unblocked') return [];
    const why =
      seen.found === undefined
        ? `nobody can tell whether ${region} blocks public access for AMIs: ${seen.refused}`
        : `block public access for AMIs is ${seen.found} in ${region}; switch it off there (DisableImageBlockPublicAccess, up to 10 minutes)`;
    return [{ path: ['distribute', index, 'allowPublic'], message: `is true, but ${why}` }];
  });
