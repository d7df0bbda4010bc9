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

/** Who may read each snapshot. */
export async function readSnapshotUsers(
  aws: Connection,
  region: string,
  snapshots: string[],
): Promise<Permissions['snapshotUsers']> {
  const read = snapshots.map(async (id) => [id, await volumeUsers(aws, region, id)] as const);
  return Object.fromEntries(await Promise.all(read));
}

export async function readPermissions(aws: Connection, { region, ami, snapshots }: Shareable): Promise<Permissions> {
  const read = [launchUsers(aws, region, ami), readSnapshotUsers(aws, region, snapshots)] as const;
  const [users, snapshotUsers] = await Promise.all(read);
  return { users, snapshotUsers };
}

/**
 * Carries changes out. Snapshots are granted before the AMI and revoked after it, so every account that sees the AMI can use its
 * disks.
 * @param which `all` goes on after a request that EC2 refuses, and throws the first refusal at the end.
 */
export async function changePermissions(
  aws: Connection,
  { region, ami }: Pick<Shareable, 'region' | 'ami'>,
  { image, snapshots }: PermissionChanges,
  which: 'until-refused' | 'all' = 'until-refused',
): Promise<void> {
  const requests = Object.entries(snapshots).map(([id, change]) => ({ id, ...snapshotRequests(change) }));
  const volumes = (kind: 'add' | 'remove') =>
    requests.flatMap(({ id, ...changes }) => changes[kind].map((one) => () => changeVolumes(aws, region, id, one)));
  const launches = imageRequests(image).map((one) => () => changeLaunch(aws, region, ami, one));
  const refused: unknown[] = [];
  for (const request of [...volumes('add'), ...launches, ...volumes('remove')]) {
    try {
      await request();
    } catch (error) {
      if (which === 'until-refused') throw error;
      refused.push(error);
    }
  }
  if (refused.length > 0) throw refused[0];
}
