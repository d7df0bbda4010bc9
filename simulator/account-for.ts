import { parseRecipe, type Catalog } from '../core/recipe.ts';
import { regionsIn } from '../core/regions.ts';

/** Every key that a recipe names exists in the simulated account, in the region where it is named. */
export function keysOf({ recipes, scripts }: Catalog, home: string): Record<string, string[]> {
  const keys: Record<string, string[]> = {};
  for (const document of Object.values(recipes)) {
    const { recipe } = parseRecipe(document, scripts, { home });
    if (!recipe) continue;
    const { rootVolume, volumes } = recipe.builder;
    const named = [rootVolume, ...volumes].map(({ kmsKey }) => ({ region: home, kmsKey }));
    for (const { region, kmsKey } of [...named, ...recipe.distribute]) if (kmsKey) (keys[region] ??= []).push(kmsKey);
  }
  return keys;
}

/** An account that has what recipes name: their keys, and the regions of their targets. A scenario takes away from it. */
export const accountFor = (catalog: Catalog, home: string): { keys: Record<string, string[]>; optedIn: string[] } => ({
  keys: keysOf(catalog, home),
  optedIn: [home, ...regionsIn(catalog, home)],
});
