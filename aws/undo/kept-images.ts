import type { AmiDescription } from '../../core/launch/source.ts';
import { expiresTag, type BuildIdentity } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import { writeExpiry } from '../images/expiry.ts';
import { revokeLaunch } from '../images/image-attributes.ts';
import { findBuildImages } from '../images/images.ts';
import { attempt, listed, nothingRemoved, type Removal } from './leftovers.ts';
import { findSnapshots, revokeVolumes } from '../images/snapshots.ts';

/** What keepImages calls besides the calls of removeImages. */
export const keepingPermissions = [
  'ec2:CreateTags',
  'ec2:DescribeImageAttribute',
  'ec2:DescribeSnapshotAttribute',
  'ec2:ResetImageAttribute',
  'ec2:ResetSnapshotAttribute',
];

/**
 * Makes a failed build's kept AMIs in a region private, since nobody may boot an unpublished image. Tags them and their snapshots
 * with their expiry. Changes only what differs, so it can be repeated.
 */
export async function keepImages(
  aws: Connection,
  region: string,
  identity: BuildIdentity,
  stays: (image: AmiDescription) => boolean,
  until: string,
): Promise<Removal> {
  const removal = nothingRemoved();
  const list = () => findSnapshots(aws, region, identity);
  const tagged = await listed(removal, `expiry of snapshots in ${region}`, list);
  for (const { ami, disks, tags } of (await findBuildImages(aws, region, identity)).filter(stays)) {
    const snapshots = disks.flatMap(({ snapshot }) => snapshot ?? []);
    const revoke = (thing: string, work: () => Promise<boolean>) =>
      attempt(removal, `permissions of ${thing} in ${region}`, async () => {
        if (await work()) removal.removed.push(`took back the permissions of ${thing} in ${region}`);
      });
    await revoke(ami, () => revokeLaunch(aws, region, ami));
    for (const snapshot of snapshots) await revoke(snapshot, () => revokeVolumes(aws, region, snapshot));

    const known = new Map([[ami, tags], ...tagged.map((one) => [one.snapshot, one.tags] as const)]);
    const behind = [ami, ...snapshots].filter((id) => known.get(id)?.[expiresTag] !== until);
    const timed =
      behind.length === 0 ||
      (await attempt(removal, `expiry of ${ami} in ${region}`, () => writeExpiry(aws, region, behind, until)));
    removal.kept.push({ region, ami, snapshots, expires: timed ? until : (tags[expiresTag] ?? null) });
  }
  return removal;
}
