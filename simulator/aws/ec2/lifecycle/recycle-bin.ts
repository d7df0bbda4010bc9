import type {
  ListImagesInRecycleBinRequest,
  ListSnapshotsInRecycleBinRequest,
  RestoreImageFromRecycleBinRequest,
  RestoreSnapshotFromRecycleBinRequest,
} from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { page, required, strict } from '../../calls/strict.ts';
import type { Image } from '../../state/images.ts';
import type { Discarded } from '../../state/recycle-bin.ts';
import type { Region } from '../../state/region.ts';
import type { Snapshot } from '../../state/snapshots.ts';
import type { World } from '../../state/world.ts';
import { paginate } from '../pagination.ts';

const day = 86_400_000;

/**
 * The Recycle Bin keeps what a rule of the region matches, for the longest time of all such rules. Nobody can delete it there, and
 * AMIs come back only if their snapshots are there. The scenario sets the rules, of the pipeline's account only.
 * https://docs.aws.amazon.com/ebs/latest/userguide/recycle-bin-factors.html
 */
export const recycleBinActions = (world: World): Actions => ({ ...listings(world), ...restorations(world) });

const listings = (world: World): Actions => ({
  ListImagesInRecycleBin: strict(
    'ec2:ListImagesInRecycleBin',
    `ImageIds ${page}`,
    (input: ListImagesInRecycleBinRequest, caller) => {
      const { items, NextToken } = paginate(binOf(world, caller, input.ImageIds, 'image'), input, {
        min: 5,
        max: 1000,
        ids: input.ImageIds,
      });
      const Images = items.map(({ image, ...times }) => ({
        ImageId: image?.id,
        Name: image?.name,
        Description: image?.description,
        ...shownTimes(times),
      }));
      return { Images, NextToken };
    },
  ),
  ListSnapshotsInRecycleBin: strict(
    'ec2:ListSnapshotsInRecycleBin',
    `SnapshotIds ${page}`,
    (input: ListSnapshotsInRecycleBinRequest, caller) => {
      const { items, NextToken } = paginate(binOf(world, caller, input.SnapshotIds, 'snapshot'), input, {
        min: 5,
        max: 1000,
        ids: input.SnapshotIds,
      });
      const Snapshots = items.map(({ snapshot, ...times }) => ({
        SnapshotId: snapshot?.id,
        Description: snapshot?.description,
        VolumeId: snapshot?.volume,
        ...shownTimes(times),
      }));
      return { Snapshots, NextToken };
    },
  ),
});

const restorations = (world: World): Actions => ({
  RestoreImageFromRecycleBin: strict(
    'ec2:RestoreImageFromRecycleBin',
    'ImageId',
    (input: RestoreImageFromRecycleBinRequest, caller) => {
      const region = world.region(caller.region);
      const id = required(input.ImageId, 'ImageId');
      const { image } = discarded(world, caller, id, 'image', 'InvalidAMIID.NotFound');
      const gone = image?.mappings.find(({ snapshot }) => snapshot !== undefined && !region.snapshots.has(snapshot));
      if (gone) throw new ApiError('InvalidSnapshot.NotFound', `The snapshot '${gone.snapshot}' does not exist.`);
      if (image) region.images.set(id, image);
      region.recycleBin.delete(id);
      return { Return: true };
    },
  ),
  RestoreSnapshotFromRecycleBin: strict(
    'ec2:RestoreSnapshotFromRecycleBin',
    'SnapshotId',
    (input: RestoreSnapshotFromRecycleBinRequest, caller) => {
      const region = world.region(caller.region);
      const id = required(input.SnapshotId, 'SnapshotId');
      const { snapshot } = discarded(world, caller, id, 'snapshot', 'InvalidSnapshot.NotFound');
      if (snapshot) region.snapshots.set(id, snapshot);
      region.recycleBin.delete(id);
      return { SnapshotId: id, State: snapshot?.state, VolumeSize: snapshot?.sizeGiB };
    },
  ),
});

const shownTimes = ({ enteredAt, leavesAt }: Discarded) => ({
  RecycleBinEnterTime: new Date(enteredAt),
  RecycleBinExitTime: new Date(leavesAt),
});

/** What an account has in the Recycle Bin. EC2 deletes a thing when its time is over. */
function binOf(world: World, caller: Caller, ids: string[] | undefined, kind: 'image' | 'snapshot'): Discarded[] {
  const { recycleBin } = world.region(caller.region);
  for (const [id, { leavesAt }] of recycleBin) if (leavesAt <= world.clock.now()) recycleBin.delete(id);
  return [...recycleBin]
    .filter(([id, one]) => one[kind]?.owner === caller.account && (!ids?.length || ids.includes(id)))
    .map(([, one]) => one);
}

function discarded(world: World, caller: Caller, id: string, kind: 'image' | 'snapshot', code: string): Discarded {
  const found = binOf(world, caller, [id], kind)[0];
  if (found) return found;
  throw new ApiError(code, `'${id}' is not in the Recycle Bin`);
}

/** Keeps a thing if a rule matches it. */
function keep(world: World, region: Region, kind: 'image' | 'snapshot', thing: Image | Snapshot): void {
  if (thing.owner !== world.account) return;
  const days = world.scenario.recycleBin
    .filter((rule) => rule.kind === kind && (rule.region ?? region.name) === region.name)
    .filter(
      ({ tag }) =>
        !tag || (thing.tags.has(tag.key) && (tag.value ?? thing.tags.get(tag.key)) === thing.tags.get(tag.key)),
    )
    .map((rule) => rule.days);
  if (days.length === 0) return;
  const now = world.clock.now();
  region.recycleBin.set(thing.id, { [kind]: thing, enteredAt: now, leavesAt: now + Math.max(...days) * day });
}

/** Deletes a snapshot, or puts it into the Recycle Bin. */
export function removeSnapshot(world: World, region: Region, snapshot: Snapshot): void {
  region.snapshots.delete(snapshot.id);
  keep(world, region, 'snapshot', snapshot);
}

/** Keeps a deregistered AMI as it was, without those who might launch it. */
export const discardImage = (world: World, region: Region, image: Image): void =>
  keep(world, region, 'image', { ...image, permissions: [] });
