import { isMap } from '../is-map.ts';
import { homeRegion } from '../recipe/regions.ts';
import type { Catalog } from '../recipe/types.ts';

/**
 * Every region that a recipe of the catalog distributes to. Documents are read as they are, without the recipe's schema, which
 * would add a third to the sweep's bundle. A malformed part names no region.
 */
export function regionsIn({ recipes }: Pick<Catalog, 'recipes'>, home: string): string[] {
  const named = Object.values(recipes).flatMap((document) => {
    const targets = isMap(document) ? document['distribute'] : undefined;
    return (Array.isArray(targets) ? targets : []).flatMap((target: unknown) =>
      isMap(target) && typeof target['region'] === 'string' ? target['region'] : [],
    );
  });
  return [...new Set(named.map((region) => (region === homeRegion ? home : region)))];
}
