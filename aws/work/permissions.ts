import {
  imageRequests,
  snapshotRequests,
  type PermissionChanges,
  type Permissions,
} from '../../core/distribute/permissions.ts';
import type { Connection } from '../connection.ts';
import { changeLaunch, launchUsers } from '../images/image-attributes.ts';
import { changeVolumes, volumeUsers } from '../images/snapshots.ts';

/** An AMI with its snapshots. */
interface Shareable {
  region: string;
  ami: string;
  snapshots: string[];
}

/** The actions of readPermissions. */
export const readingPermissions = ['ec2:DescribeImageAttribute', 'ec2:DescribeSnapshotAttribute'];
/** The actions of changePermissions. */
export const changingPermissions = ['ec2:ModifyImageAttribute', 'ec2:ModifySnapshotAttribute'];

export async function readPermissions(aws: Connection, { region, ami, snapshots }: Shareable): Promise<Permissions> {
  const read = snapshots.map(async (id) => [id, await volumeUsers(aws, region, id)] as const);
  const [users, ...entries] = await Promise.all([launchUsers(aws, region, ami), ...read]);
  return { users, snapshotUsers: Object.fromEntries(entries) };
}

/**
 * Carries changes out. Snapshots are granted before the AMI and revoked after it, so every account that sees the AMI can use its
 * disks.
 */
export async function changePermissions(
  aws: Connection,
  { region, ami }: Shareable,
  { image, snapshots }: PermissionChanges,
): Promise<void> {
  const requests = Object.entries(snapshots).map(([id, change]) => ({ id, ...snapshotRequests(change) }));
  for (const { id, add } of requests) for (const one of add) await changeVolumes(aws, region, id, one);
  for (const one of imageRequests(image)) await changeLaunch(aws, region, ami, one);
  for (const { id, remove } of requests) for (const one of remove) await changeVolumes(aws, region, id, one);
}
