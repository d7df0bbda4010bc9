import type { DeleteSnapshotRequest, DescribeSnapshotsRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { filters, page, strict } from '../../calls/strict.ts';
import { selectByFilters, type Fields } from '../filters.ts';
import { paginate } from '../pagination.ts';
import { tagList } from '../tags.ts';
import { removeSnapshot } from '../lifecycle/recycle-bin.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import type { Instance } from '../../state/instances.ts';
import type { Snapshot } from '../../state/snapshots.ts';
import type { TagMap } from '../../state/tags.ts';
import type { Volume } from '../../state/volumes.ts';

export function makeSnapshot(
  world: World,
  region: Region,
  made: Omit<Snapshot, 'id' | 'state' | 'stateMessage' | 'startedAt' | 'sharedWith'>,
): Snapshot {
  const id = world.newId('snap', region.name);
  const snapshot: Snapshot = { id, state: 'pending', startedAt: world.clock.now(), sharedWith: new Set(), ...made };
  region.snapshots.set(id, snapshot);
  return snapshot;
}

/** A snapshot that a test or a scenario adds to the cloud. */
export type AddedSnapshot = Pick<Snapshot, 'id' | 'owner'> & { region: string } & Partial<
    Omit<Snapshot, 'id' | 'owner'>
  >;

export function addedSnapshot(world: World, region: string, added: Omit<AddedSnapshot, 'region'>): Snapshot {
  const now = world.clock.now();
  const snapshot: Snapshot = {
    description: '',
    state: 'completed',
    startedAt: now,
    endsAt: now,
    volume: 'vol-ffffffff',
    sizeGiB: 8,
    usedGiB: 2.5,
    keyArn: undefined,
    sharedWith: new Set(),
    tags: new Map(),
    ...added,
  };
  world.region(region).snapshots.set(snapshot.id, snapshot);
  return snapshot;
}

/** Begins the snapshot of a volume of an instance. That of the root holds the operating system. */
export const snapshotVolume = (
  world: World,
  region: Region,
  { instance, volume }: { instance: Instance; volume: Volume },
  { description, fate, tags }: { description: string; fate: { at: number; keyArn?: string | undefined }; tags: TagMap },
): Snapshot =>
  makeSnapshot(world, region, {
    owner: instance.owner,
    description,
    endsAt: fate.at,
    volume: volume.id,
    sizeGiB: volume.sizeGiB,
    usedGiB: volume.usedGiB,
    keyArn: volume.keyArn && (fate.keyArn ?? volume.keyArn),
    ...(volume.attachment?.device === instance.rootDevice && {
      system: { name: instance.system, agent: instance.agent, unpacked: [...instance.unpacked] },
    }),
    tags,
  });

export const canReadSnapshot = (snapshot: Snapshot, account: string): boolean =>
  snapshot.owner === account || snapshot.sharedWith.has(account) || snapshot.sharedWith.has('all');

export function snapshotById(region: Region, caller: Caller, id: string): Snapshot {
  if (!/^snap-[0-9a-f]+$/.test(id)) {
    throw new ApiError(
      'InvalidParameterValue',
      `Value (${id}) for parameter snapshotId is invalid. Expected: 'snap-...'.`,
    );
  }
  const snapshot = region.snapshots.get(id);
  if (snapshot && canReadSnapshot(snapshot, caller.account)) return snapshot;
  throw new ApiError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`);
}

/** Like `snapshotById`, for actions that only the owner may take. */
export function ownSnapshot(region: Region, caller: Caller, id: string): Snapshot {
  const snapshot = snapshotById(region, caller, id);
  if (snapshot.owner === caller.account) return snapshot;
  throw new ApiError('AuthFailure', `Not authorized for snapshot:${id}`, 403);
}

const fields: Fields<Snapshot> = {
  'snapshot-id': (snapshot) => snapshot.id,
  status: (snapshot) => snapshot.state,
  'volume-id': (snapshot) => snapshot.volume,
  'owner-id': (snapshot) => snapshot.owner,
  description: (snapshot) => snapshot.description,
  encrypted: (snapshot) => String(snapshot.keyArn !== undefined),
  'volume-size': (snapshot) => String(snapshot.sizeGiB),
};

export const snapshotActions = (world: World): Actions => ({
  DescribeSnapshots: strict(
    'ec2:DescribeSnapshots',
    `SnapshotIds OwnerIds ${filters} ${page}`,
    (input: DescribeSnapshotsRequest, caller) => {
      const region = world.region(caller.region);
      const { SnapshotIds, OwnerIds, Filters } = input;
      const owners = OwnerIds?.map((owner) => (owner === 'self' ? caller.account : owner));
      const visible = SnapshotIds?.length
        ? SnapshotIds.map((id) => snapshotById(region, caller, id))
        : [...region.snapshots.values()].filter((snapshot) => canReadSnapshot(snapshot, caller.account));
      const owned = visible.filter((snapshot) => !owners?.length || owners.includes(snapshot.owner));
      const { items, NextToken } = paginate(selectByFilters(owned, Filters, fields), input, {
        min: 5,
        max: 1000,
        ids: SnapshotIds,
      });
      return { Snapshots: items.map((snapshot) => described(world, snapshot)), NextToken };
    },
  ),
  DeleteSnapshot: strict('ec2:DeleteSnapshot', 'SnapshotId', (input: DeleteSnapshotRequest, caller) => {
    const region = world.region(caller.region);
    const snapshot = ownSnapshot(region, caller, input.SnapshotId ?? '');
    const user = imageUsing(region, snapshot.id);
    if (user) throw new ApiError('InvalidSnapshot.InUse', `The snapshot ${snapshot.id} is currently in use by ${user}`);
    removeSnapshot(world, region, snapshot);
    return {};
  }),
});

/** An AMI that uses the snapshot. */
export const imageUsing = (region: Region, id: string): string | undefined =>
  [...region.images.values()].find(
    (image) => image.state !== 'deregistered' && image.mappings.some((mapping) => mapping.snapshot === id),
  )?.id;

function described(world: World, snapshot: Snapshot) {
  const { startedAt, endsAt } = snapshot;
  const done = (world.clock.now() - startedAt) / Math.max(1, endsAt - startedAt);
  const progress = snapshot.state === 'completed' ? 100 : Math.min(99, Math.floor(done * 100));
  return {
    SnapshotId: snapshot.id,
    OwnerId: snapshot.owner,
    Description: snapshot.description,
    State: snapshot.state,
    StateMessage: snapshot.stateMessage,
    Progress: `${progress}%`,
    StartTime: new Date(startedAt),
    CompletionTime: snapshot.state === 'completed' ? new Date(endsAt) : undefined,
    VolumeId: snapshot.volume,
    VolumeSize: snapshot.sizeGiB,
    FullSnapshotSizeInBytes: snapshot.state === 'completed' ? Math.round(snapshot.usedGiB * 2 ** 30) : undefined,
    Encrypted: snapshot.keyArn !== undefined,
    KmsKeyId: snapshot.keyArn,
    StorageTier: 'standard',
    Tags: tagList(snapshot.tags),
  };
}
