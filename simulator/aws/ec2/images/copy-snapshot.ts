import type { CopySnapshotRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { required, strict, tagSpecificationParameters } from '../../calls/strict.ts';
import { snapshotNotification } from '../../events/events.ts';
import { mayRead, usableKeyArn } from '../../keys.ts';
import { refuseMoreSnapshots } from '../limits.ts';
import { specifiedTags } from '../tags.ts';
import { ebsDefaults } from './encryption.ts';
import { fateOf } from './registration.ts';
import { makeSnapshot, snapshotById } from './snapshots.ts';
import type { World } from '../../state/world.ts';

/** The simulated CopySnapshot. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html */
export const copySnapshotActions = (world: World): Actions => ({
  CopySnapshot: strict(
    'ec2:CopySnapshot',
    `SourceRegion SourceSnapshotId Description Encrypted KmsKeyId ${tagSpecificationParameters}`,
    (input: CopySnapshotRequest, caller) => copySnapshot(world, input, caller),
  ),
});

function copySnapshot(world: World, input: CopySnapshotRequest, caller: Caller) {
  const region = world.region(caller.region);
  const sourceRegion = world.region(required(input.SourceRegion, 'SourceRegion'));
  const source = snapshotById(sourceRegion, caller, required(input.SourceSnapshotId, 'SourceSnapshotId'));
  const tags = specifiedTags(input.TagSpecifications, ['snapshot']);
  if (input.KmsKeyId !== undefined && !input.Encrypted)
    throw new ApiError(
      'InvalidParameterDependency',
      'The parameter KmsKeyId requires the parameter Encrypted to be set.',
    );
  if (source.state !== 'completed')
    throw new ApiError('IncorrectState', `Snapshot ${source.id} is in invalid state - ${source.state}`);
  refuseMoreSnapshots(world, region, caller, 1);
  // Without a key in the request, the copy is under the account's default key, not under the original's key.
  const defaults = ebsDefaults(world, caller);
  const encrypts = input.Encrypted === true || defaults.byDefault || source.keyArn !== undefined;
  const keyArn = usableKeyArn(world.keys, caller, input.KmsKeyId ?? defaults.key);
  const unreadable =
    source.keyArn !== undefined && !mayRead(world, { ...caller, region: sourceRegion.name }, source.keyArn);
  const keyRefused = unreadable || (encrypts && keyArn === undefined);
  const name = tags('snapshot').get('Name') ?? '';
  const gib = source.usedGiB;
  const fate = fateOf(world, region, { kind: 'copyImage', id: `copy of ${source.id}`, name, gib, keyRefused });
  const made = makeSnapshot(world, region, {
    owner: caller.account,
    description: input.Description ?? '',
    endsAt: fate.at,
    volume: 'vol-ffffffff',
    copyOf: { region: sourceRegion.name, id: source.id },
    sizeGiB: source.sizeGiB,
    usedGiB: source.usedGiB,
    keyArn: encrypts ? (fate.keyArn ?? keyArn ?? input.KmsKeyId) : undefined,
    ...(source.system && { system: source.system }),
    tags: tags('snapshot'),
  });
  world.clock.at(fate.at, () => {
    if (made.state !== 'pending') return;
    made.state = fate.failure ? 'error' : 'completed';
    if (fate.failure) made.stateMessage = fate.failure;
    world.views.note();
    if (region.snapshots.has(made.id)) world.emit(snapshotNotification(region.name, made, fate.at));
  });
  return { SnapshotId: made.id };
}
