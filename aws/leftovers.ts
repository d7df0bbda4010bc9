import { Failure } from '../core/errors.ts';
import type { BuildIdentity } from '../core/tags.ts';
import type { Connection } from './connection.ts';
import { deregisterImage } from './image-making.ts';
import { findBuildImages } from './images.ts';
import { findInstances, terminateInstances } from './instances.ts';
import { deleteSnapshot, findSnapshots } from './snapshots.ts';
import { deleteVolume, findVolumes } from './volumes.ts';

/** What removeInstances and removeImages call. */
export const removalPermissions = [
  'ec2:DescribeInstances',
  'ec2:TerminateInstances',
  'ec2:DescribeVolumes',
  'ec2:DeleteVolume',
  'ec2:DescribeImages',
  'ec2:DeregisterImage',
  'ec2:DescribeSnapshots',
  'ec2:DeleteSnapshot',
];

/** One look at what a build left in a place: what was removed just now, and what is still there, in words. */
export interface Removal {
  removed: string[];
  left: string[];
}

export const together = (removals: Removal[]): Removal => ({
  removed: removals.flatMap(({ removed }) => removed),
  left: removals.flatMap(({ left }) => left),
});

/** Terminates the build's instances and deletes the volumes they leave behind. Repeat until nothing is left. */
export async function removeInstances(aws: Connection, identity: BuildIdentity): Promise<Removal> {
  const removal: Removal = { removed: [], left: [] };
  for (const { instance, state } of await findInstances(aws, identity)) {
    if (state === 'terminated') continue;
    removal.left.push(`instance ${instance} in ${aws.region} (${state})`);
    if (state === 'shutting-down') continue;
    await terminateInstances(aws, [instance]);
    removal.removed.push(`terminated instance ${instance} in ${aws.region}`);
  }
  for (const { volume, state } of await findVolumes(aws, identity)) {
    if (state === 'deleting' || state === 'deleted') continue;
    removal.left.push(`volume ${volume} in ${aws.region} (${state})`);
    if (state === 'in-use') continue;
    await deleteVolume(aws, volume);
    removal.removed.push(`deleted volume ${volume} in ${aws.region}`);
  }
  return removal;
}

/**
 * Deregisters the build's AMIs in a region, pending ones too, and deletes their snapshots. Repeat until nothing is left:
 * a snapshot stays in use for a moment after its AMI has gone.
 * @param keep An AMI that must stay, with its snapshots.
 */
export async function removeImages(
  aws: Connection,
  region: string,
  identity: BuildIdentity,
  keep?: string,
): Promise<Removal> {
  const removal: Removal = { removed: [], left: [] };
  const images = await findBuildImages(aws, region, identity);
  const kept = images.find(({ ami }) => ami === keep);
  for (const { ami, state } of images) {
    if (ami === keep || state === 'deregistered') continue;
    await deregisterImage(aws, region, ami);
    removal.removed.push(`deregistered ${ami} in ${region}`);
    removal.left.push(`${ami} in ${region} (just deregistered)`);
  }
  for (const snapshot of await findSnapshots(aws, region, identity)) {
    if (kept && (kept.disks.length === 0 || kept.disks.some((disk) => disk.snapshot === snapshot))) continue;
    const gone = await deleteSnapshot(aws, region, snapshot);
    if (gone) removal.removed.push(`deleted snapshot ${snapshot} in ${region}`);
    else removal.left.push(`snapshot ${snapshot} in ${region} (in use)`);
  }
  return removal;
}

/** A refusal in one place must not keep the rest of a clean-up from happening: it becomes something left. */
export async function orLeft(place: string, work: () => Promise<Removal>): Promise<Removal> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || error.name === 'AwsTransient') throw error;
    return { removed: [], left: [`${place}: ${error.message}`] };
  }
}
