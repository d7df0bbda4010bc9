import {
  isToBeDisabled,
  snapshotChanges,
  type Revocation,
  type RevokedImage,
  type ImageOfBuild,
} from '../../core/channel/revocation.ts';
import { permissionChange } from '../../core/distribute/permissions.ts';
import { Failure } from '../../core/errors.ts';
import type { ReachImage } from '../accounts/reach-images.ts';
import { describeAnyImage, disableImage, enableImage } from '../images/disabling.ts';
import { launchUsers } from '../images/image-attributes.ts';
import { changePermissions, readSnapshotUsers } from '../work/permissions.ts';
import { snapshotsOf } from '../../core/launch/source.ts';

/** An AMI with its permissions. A disabled AMI has none any more, so those that an earlier revoke saved count. */
export async function observeForRevoke(
  reach: ReachImage,
  one: ImageOfBuild,
  saved: RevokedImage[] = [],
): Promise<RevokedImage[]> {
  const { region, ami } = one;
  const aws = await reach(one);
  const image = await describeAnyImage(aws, region, ami);
  if (!image) return [];
  const isDisabled = image.state === 'disabled';
  const before = isDisabled ? saved.find((other) => other.region === region && other.ami === ami) : undefined;
  const users = isDisabled ? (before?.users ?? []) : await launchUsers(aws, region, ami);
  const snapshots = snapshotsOf(image);
  const snapshotUsers = before?.snapshotUsers ?? (await readSnapshotUsers(aws, region, snapshots));
  return [{ ...one, users, snapshotUsers }];
}

/** Brings an AMI, with its snapshots, to where the document of its revoke says. */
export async function carryOutOn(reach: ReachImage, revocation: Revocation, saved: RevokedImage): Promise<void> {
  const { region, ami, users, snapshotUsers = {} } = saved;
  const aws = await reach(saved);
  const image = await describeAnyImage(aws, region, ami);
  if (!image) return;
  const disables = isToBeDisabled(revocation);
  const found = async () => readSnapshotUsers(aws, region, Object.keys(snapshotUsers));
  const nothing = { add: [], remove: [] };
  if (disables) {
    if (image.state !== 'disabled') await disableImage(aws, region, ami);
    const snapshots = snapshotChanges(saved, await found(), disables, image.owner);
    return changePermissions(aws, { region, ami }, { image: nothing, snapshots });
  }
  if (image.state === 'disabled') await enableImage(aws, region, ami);
  const now = await describeAnyImage(aws, region, ami);
  if (now?.state !== 'available')
    throw new Failure('AwsTransient', `${ami} in ${region} is ${now?.state ?? 'not shown'} after EnableImage`);
  const change = permissionChange(users, await launchUsers(aws, region, ami), image.owner);
  const snapshots = snapshotChanges(saved, await found(), disables, image.owner);
  return changePermissions(aws, { region, ami }, { image: change, snapshots });
}
