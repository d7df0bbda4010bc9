import type { CreateSnapshotsRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { required, strict, tagSpecificationParameters } from '../../calls/strict.ts';
import { snapshotSetEnded } from '../../events/events.ts';
import { attachedVolumes } from '../instances/describe-instance.ts';
import { instanceById } from '../instances/instances.ts';
import { refuseMoreSnapshots } from '../limits.ts';
import { specifiedTags, tagList } from '../tags.ts';
import { fateOf } from './registration.ts';
import { snapshotVolume } from './snapshots.ts';
import type { Instance } from '../../state/instances.ts';
import type { Region } from '../../state/region.ts';
import type { Snapshot } from '../../state/snapshots.ts';
import type { Volume } from '../../state/volumes.ts';
import type { World } from '../../state/world.ts';

/** The simulated CreateSnapshots: one snapshot of each volume of an instance, all of one moment. */
export const createSnapshotsActions = (world: World): Actions => ({
  CreateSnapshots: strict(
    'ec2:CreateSnapshots',
    `InstanceSpecification.InstanceId InstanceSpecification.ExcludeBootVolume InstanceSpecification.ExcludeDataVolumeIds Description
     ${tagSpecificationParameters}`,
    (input: CreateSnapshotsRequest, caller) => createSnapshots(world, input, caller),
  ),
});

function createSnapshots(world: World, input: CreateSnapshotsRequest, caller: Caller) {
  const region = world.region(caller.region);
  const { InstanceId, ...excluded } = required(input.InstanceSpecification, 'InstanceSpecification');
  const instance = instanceById(region, caller, InstanceId ?? '');
  const tags = specifiedTags(input.TagSpecifications, ['snapshot']);
  const volumes = wantedVolumes(region, instance, excluded);
  refuseMoreSnapshots(world, region, caller, volumes.length);
  const gib = volumes.reduce((sum, volume) => sum + volume.usedGiB, 0);
  // A rule of the scenario for images finds the snapshots by their tag Name, since they take the time that CreateImage takes.
  const name = tags('snapshot').get('Name') ?? '';
  const fate = fateOf(world, region, { kind: 'createImage', id: `snapshots of ${instance.id}`, name, gib });
  const made = volumes.map((volume) =>
    snapshotVolume(
      world,
      region,
      { instance, volume },
      { description: input.Description ?? '', fate, tags: tags('snapshot') },
    ),
  );
  world.clock.at(fate.at, () => endSet(world, region, made, fate));
  return { Snapshots: made.map(described) };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceSpecification.html */
function wantedVolumes(
  region: Region,
  { id, rootDevice }: Instance,
  excluded: { ExcludeBootVolume?: boolean | undefined; ExcludeDataVolumeIds?: string[] | undefined },
): Volume[] {
  const { ExcludeBootVolume: withoutRoot = false, ExcludeDataVolumeIds: without = [] } = excluded;
  const volumes = attachedVolumes(region, id);
  const isRoot = ({ attachment }: Volume) => attachment?.device === rootDevice;
  for (const volume of without) {
    const found = volumes.find((one) => one.id === volume);
    if (!found || isRoot(found))
      throw new ApiError('InvalidParameterValue', `${volume} is no data volume of the instance ${id}`);
  }
  const wanted = volumes.filter((volume) => !without.includes(volume.id) && !(withoutRoot && isRoot(volume)));
  if (wanted.length > 0) return wanted;
  throw new ApiError('InvalidParameterValue', `The instance ${id} has no volume to make a snapshot of`);
}

/** If one snapshot of a set fails, all do: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-create-snapshots.html */
function endSet(
  world: World,
  region: Region,
  made: Snapshot[],
  { at, failure }: { at: number; failure?: string | undefined },
) {
  for (const snapshot of made.filter(({ state }) => state === 'pending')) {
    snapshot.state = failure ? 'error' : 'completed';
    if (failure) snapshot.stateMessage = failure;
  }
  world.views.note();
  const there = made.filter(({ id }) => region.snapshots.has(id));
  if (there.length > 0) world.emit(snapshotSetEnded(region.name, made, at));
}

const described = (snapshot: Snapshot) => ({
  SnapshotId: snapshot.id,
  VolumeId: snapshot.volume,
  VolumeSize: snapshot.sizeGiB,
  State: snapshot.state,
  StartTime: new Date(snapshot.startedAt),
  Progress: '0%',
  OwnerId: snapshot.owner,
  Description: snapshot.description,
  Encrypted: snapshot.keyArn !== undefined,
  Tags: tagList(snapshot.tags),
});
