import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import { account } from './pipeline.ts';

/** A recipe's source: the image that `addSource` adds to the home region. */
export const ownSource = { filter: { name: 'layered-1' }, owner: 'self' };

/** An image of the pipeline's own account in its home region. Each of its disks is unencrypted or under a key. */
export function addSource({ cloud }: Simulation, disks: { device: string; key?: string }[]): void {
  const region = cloud.world.region('us-east-1');
  const snapshots = disks.map(({ key }) => {
    const id = cloud.world.newId('snap', 'us-east-1');
    const [pattern] = region.snapshots.values();
    const keyArn = key === undefined ? undefined : cloud.addKey('us-east-1', key).arn;
    region.snapshots.set(id, { ...pattern!, id, owner: account, sizeGiB: 8, keyArn, sharedWith: new Set() });
    return id;
  });
  const mappings = disks.map(({ device, key }, index) => ({
    device,
    snapshot: snapshots[index],
    sizeGiB: 8,
    type: 'gp3',
    encrypted: key !== undefined,
    deleteOnTermination: true,
  }));
  cloud.addImage({ region: 'us-east-1', owner: account, name: 'layered-1', mappings });
}

/** The snapshot keys of a build's only image in a region, by device; undefined for an unencrypted snapshot. */
export function keysIn({ cloud }: Simulation, region: string): Record<string, string | undefined> {
  const { images, snapshots } = cloud.world.region(region);
  const made = [...images.values()].find(({ tags, state }) => tags.has('golden:build') && state === 'available');
  return Object.fromEntries(
    (made?.mappings ?? []).map(({ device, snapshot = '' }) => [device, snapshots.get(snapshot)?.keyArn]),
  );
}
