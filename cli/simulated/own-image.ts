import { architectureOf } from '../../core/recipe/rules/architecture.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';

/**
 * Adds the image of the account's own that a recipe starts from, unless it is there. A new simulated account has none. The image
 * has Amazon Linux with its agent, and the architecture of the recipe.
 */
export function addOwnImage({ cloud }: Simulation, { source, builder }: Recipe, region: string): void {
  const { account: owner } = cloud.world;
  const { ami: id, filter } = source;
  if ((id === undefined && !filter) || ![owner, 'self'].includes(source.owner ?? '')) return;
  const { images } = cloud.world.region(region);
  const name = filter?.name.replace('*', '20261101').replace(/[*?]/g, '1') ?? `own image ${id}`;
  if ([...images.values()].some((image) => image.id === id || (image.owner === owner && image.name === name))) return;
  const architecture = filter?.architecture ?? architectureOf(builder.instanceTypes[0] ?? '') ?? 'x86_64';
  cloud.addImage({ ...(id !== undefined && { id }), name, owner, region, architecture });
}
