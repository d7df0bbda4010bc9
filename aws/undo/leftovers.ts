import { Failure } from '../../core/errors.ts';
import type { KeptImage } from '../../core/undo/kept.ts';
import type { AmiDescription } from '../../core/launch/source.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import { deregisterImage } from '../images/image-making.ts';
import { findBuildImages } from '../images/images.ts';
import { findInstances, terminateInstances } from '../instances/instances.ts';
import { deleteSnapshot, findSnapshots } from '../images/snapshots.ts';
import { deleteVolume, findVolumes } from '../instances/volumes.ts';

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

/**
 * One look at what a build left in a place, in words: what was just removed, what is left, what AWS refused to remove, and what
 * stays.
 */
export interface Removal {
  removed: string[];
  left: string[];
  refused: string[];
  kept: KeptImage[];
}

export const nothingRemoved = (): Removal => ({ removed: [], left: [], refused: [], kept: [] });

export const together = (removals: Removal[]): Removal => ({
  removed: removals.flatMap(({ removed }) => removed),
  left: removals.flatMap(({ left }) => left),
  refused: removals.flatMap(({ refused }) => refused),
  kept: removals.flatMap(({ kept }) => kept),
});

/** Does one thing. A refusal must not stop the rest of a clean-up. @returns whether it was done. */
export async function attempt(removal: Removal, thing: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Failure) || error.name === 'AwsTransient') throw error;
    removal.refused.push(`${thing}: ${error.message}`);
    return false;
  }
}

/** As attempt, for a place where AWS may refuse even the look. */
export async function orRefused(place: string, work: () => Promise<Removal>): Promise<Removal> {
  const removal = nothingRemoved();
  let done: Removal[] = [];
  await attempt(removal, place, async () => void (done = [await work()]));
  return together([removal, ...done]);
}

/** If AWS refuses the listing, records that and goes on without it, so that what is known is still done and reported. */
export async function listed<T>(removal: Removal, place: string, list: () => Promise<T[]>): Promise<T[]> {
  let found: T[] = [];
  await attempt(removal, place, async () => void (found = await list()));
  return found;
}

/** Terminates the build's instances and deletes the volumes they leave behind. Repeat until nothing is left. */
export async function removeInstances(aws: Connection, identity: BuildIdentity): Promise<Removal> {
  const removal = nothingRemoved();
  const staying = new Set<string | undefined>();
  for (const { instance, state } of await findInstances(aws, identity)) {
    if (state === 'terminated') continue;
    const thing = `instance ${instance} in ${aws.region}`;
    if (state !== 'shutting-down') {
      if (!(await attempt(removal, thing, () => terminateInstances(aws, [instance])))) {
        staying.add(instance);
        continue;
      }
      removal.removed.push(`terminated ${thing}`);
    }
    removal.left.push(`${thing} (${state})`);
  }
  for (const { volume, state, instance } of await listed(removal, 'volumes', () => findVolumes(aws, identity))) {
    if (state === 'deleting' || state === 'deleted') continue;
    const thing = `volume ${volume} in ${aws.region}`;
    if (staying.has(instance)) {
      removal.refused.push(`${thing}: ${instance} needs it`);
      continue;
    }
    if (state !== 'in-use') {
      if (!(await attempt(removal, thing, () => deleteVolume(aws, volume)))) continue;
      removal.removed.push(`deleted ${thing}`);
    }
    removal.left.push(`${thing} (${state})`);
  }
  return removal;
}

/**
 * Deregisters the build's AMIs in a region, including pending ones, and deletes their snapshots. Repeat until nothing is left: a
 * snapshot stays in use for a moment after its AMI has gone.
 * @param stays Which AMIs stay, with their snapshots.
 * @param promoted The AMI that a channel points at. It cannot go, and is reported as left.
 */
export async function removeImages(
  aws: Connection,
  region: string,
  identity: BuildIdentity,
  stays: (image: AmiDescription) => boolean = () => false,
  promoted?: string,
): Promise<Removal> {
  const removal = nothingRemoved();
  const staying = [];
  for (const image of await findBuildImages(aws, region, identity)) {
    if (image.state === 'deregistered') continue;
    const thing = `${image.ami} in ${region}`;
    const free = image.ami !== promoted && !stays(image);
    if (image.ami === promoted) removal.refused.push(`${thing}: the channel points at it`);
    const gone = free && (await attempt(removal, thing, () => deregisterImage(aws, region, image.ami)));
    if (!gone) staying.push(image);
    else removal.removed.push(`deregistered ${thing}`);
    if (gone) removal.left.push(`${thing} (just deregistered)`);
  }
  const snapshots = await listed(removal, `snapshots in ${region}`, () => findSnapshots(aws, region, identity));
  for (const { snapshot } of snapshots) {
    const thing = `snapshot ${snapshot} in ${region}`;
    const needing = staying.find(({ disks }) => disks.length === 0 || disks.some((disk) => disk.snapshot === snapshot));
    if (needing && !stays(needing)) removal.refused.push(`${thing}: ${needing.ami} needs it`);
    if (needing) continue;
    await attempt(removal, thing, async () => {
      const gone = await deleteSnapshot(aws, region, snapshot);
      (gone ? removal.removed : removal.left).push(gone ? `deleted ${thing}` : `${thing} (in use)`);
    });
  }
  return removal;
}
