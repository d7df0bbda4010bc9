import type { Recipe } from '../../core/recipe/types.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';

/** Adds the disk that a recipe starts from to the simulated account. It has Amazon Linux with its agent. */
export function addDisk({ cloud }: Simulation, { disk, owner = 'self' }: Recipe['source'], region: string): void {
  if (disk?.snapshot === undefined) return;
  const { account } = cloud.world;
  const shared = owner === 'self' || owner === account ? { owner: account } : { owner, sharedWith: new Set([account]) };
  cloud.addSnapshot({ id: disk.snapshot, region, ...shared, system: { name: 'AmazonLinux', agent: true } });
}
