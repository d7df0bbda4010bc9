import { placeOfFile } from '../../core/launch/registrable.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';

/** A disk as a recipe or a start names it. */
export type NamedDisk = Pick<NonNullable<Recipe['source']['disk']>, 'snapshot' | 'file' | 'format'>;

/** Adds the disk that a recipe starts from to the simulated account. It has Amazon Linux with its agent. */
export function addDisk(
  { cloud }: Simulation,
  { disk, owner = 'self' }: { disk?: NamedDisk; owner?: string },
  region: string,
): void {
  const { snapshot, file, format } = disk ?? {};
  if (file !== undefined) cloud.addDiskFile({ ...placeOfFile(file), region }, { ...(format && { format }) });
  if (snapshot === undefined) return;
  const { account } = cloud.world;
  const shared = owner === 'self' || owner === account ? { owner: account } : { owner, sharedWith: new Set([account]) };
  cloud.addSnapshot({ id: snapshot, region, ...shared, system: { name: 'AmazonLinux', agent: true } });
}
