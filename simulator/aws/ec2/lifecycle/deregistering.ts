import type { DeregisterImageRequest } from '@aws-sdk/client-ec2';
import type { Actions, Caller } from '../../calls/actions.ts';
import { strict } from '../../calls/strict.ts';
import { imageStateChange } from '../../events/events.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import { ownImage } from '../images/images.ts';
import { refuseProtected } from './protection.ts';
import { discardImage, removeSnapshot } from './recycle-bin.ts';
import { imageUsing } from '../images/snapshots.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/deregister-ami.html */
export const deregisteringActions = (world: World): Actions => ({
  DeregisterImage: strict(
    'ec2:DeregisterImage',
    'ImageId DeleteAssociatedSnapshots',
    (input: DeregisterImageRequest, caller) => {
      const region = world.region(caller.region);
      const image = ownImage(region, caller, input.ImageId ?? '');
      refuseProtected(world, image);
      if (image.state !== 'pending') discardImage(world, region, image);
      image.state = 'deregistered';
      image.deregisteredAt = world.clock.now();
      image.permissions = [];
      world.emit(imageStateChange(region.name, image));
      if (!input.DeleteAssociatedSnapshots) return { Return: true };
      const snapshots = image.mappings.flatMap((mapping) => mapping.snapshot ?? []);
      const DeleteSnapshotResults = snapshots.map((SnapshotId) => ({
        SnapshotId,
        ReturnCode: deleted(world, region, caller, SnapshotId),
      }));
      return { Return: true, DeleteSnapshotResults };
    },
  ),
});

/**
 * Deletes a snapshot of an AMI that was deregistered.
 * @returns one of the codes of https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSnapshotReturnCode.html
 */
function deleted(world: World, region: Region, { session }: Caller, id: string): string {
  const snapshot = region.snapshots.get(id);
  if (!snapshot) return 'client-error';
  if (imageUsing(region, id)) return 'skipped';
  if (session?.actions && !session.actions.includes('ec2:DeleteSnapshot')) return 'missing-permissions';
  const rule = world.scenario.undeleted.find((each) => (each.region ?? region.name) === region.name);
  if (rule) return rule.code;
  removeSnapshot(world, region, snapshot);
  return 'success';
}
