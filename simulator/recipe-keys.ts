import { parseRecipe, type Catalog } from '../core/recipe.ts';

/** Every key that a recipe names exists in the simulated account, in the region where it is named. */
export function keysOf({ recipes, scripts }: Catalog, home: string): Record<string, string[]> {
  const keys: Record<string, string[]> = {};
  for (const document of Object.values(recipes)) {
    const { recipe } = parseRecipe(document, scripts);
    if (!recipe) continue;
    const { rootVolume, volumes } = recipe.builder;
    const named = [rootVolume, ...volumes].map(({ kmsKey }) => ({ region: home, kmsKey }));
    for (const { region, kmsKey } of [...named, ...recipe.distribute]) if (kmsKey) (keys[region] ??= []).push(kmsKey);
  }
  return keys;
}
