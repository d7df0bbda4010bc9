import type { TargetObserved } from '../core/distribution.ts';
import type { Connection } from './connection.ts';
import { launchPermissions } from './image-attributes.ts';
import { describeImage } from './images.ts';
import { volumePermissions } from './snapshots.ts';

const nobody = { accounts: [], organizations: [], organizationalUnits: [] };

/** Everything Verify has to know of a target, read back from its region. */
export async function observeTarget(aws: Connection, region: string, ami: string): Promise<TargetObserved> {
  const image = await describeImage(aws, region, ami);
  if (!image) return { image, sharing: nobody, snapshotAccounts: {} };
  const snapshots = image.disks.flatMap(({ snapshot }) => snapshot ?? []);
  const accounts = await Promise.all(
    snapshots.map(async (id) => [id, await volumePermissions(aws, region, id)] as const),
  );
  return { image, sharing: await launchPermissions(aws, region, ami), snapshotAccounts: Object.fromEntries(accounts) };
}
