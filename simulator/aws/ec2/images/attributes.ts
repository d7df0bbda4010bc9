import type {
  DescribeImageAttributeRequest,
  DescribeSnapshotAttributeRequest,
  LaunchPermission,
  ModifyImageAttributeRequest,
  ModifySnapshotAttributeRequest,
  ResetImageAttributeRequest,
  ResetSnapshotAttributeRequest,
} from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { managedKeyArn } from '../../keys.ts';
import { isoTime } from '../../../clock.ts';
import { refuseDryRun, strict } from '../../calls/strict.ts';
import { ownImage } from './images.ts';
import { ownSnapshot } from './snapshots.ts';
import { refuseMorePublicImages } from '../limits.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import type { Image } from '../../state/images.ts';

const permission = ['UserId', 'OrganizationArn', 'OrganizationalUnitArn', 'Group'];
const permissionParameters = ['Add', 'Remove']
  .flatMap((list) => permission.map((kind) => `LaunchPermission.${list}.${kind}`))
  .join(' ');
const volumePermissionParameters = ['Add', 'Remove']
  .flatMap((list) => ['UserId', 'Group'].map((kind) => `CreateVolumePermission.${list}.${kind}`))
  .join(' ');

/** The simulated EC2 actions that read and change who may use an AMI or a snapshot, and an AMI's other attributes. */
export const attributeActions = (world: World): Actions => ({
  ModifyImageAttribute: strict(
    'ec2:ModifyImageAttribute',
    `DryRun ImageId Attribute ${permissionParameters} Description.Value ImdsSupport.Value`,
    (input: ModifyImageAttributeRequest, caller) => modifyImageAttribute(world, input, caller),
  ),
  ResetImageAttribute: strict(
    'ec2:ResetImageAttribute',
    'ImageId Attribute',
    (input: ResetImageAttributeRequest, caller) => resetImageAttribute(world, input, caller),
  ),
  ResetSnapshotAttribute: strict(
    'ec2:ResetSnapshotAttribute',
    'SnapshotId Attribute',
    (input: ResetSnapshotAttributeRequest, caller) => resetSnapshotAttribute(world, input, caller),
  ),
  DescribeImageAttribute: strict(
    'ec2:DescribeImageAttribute',
    'ImageId Attribute',
    (input: DescribeImageAttributeRequest, caller) => describeImageAttribute(world, input, caller),
  ),
  ModifySnapshotAttribute: strict(
    'ec2:ModifySnapshotAttribute',
    `DryRun SnapshotId Attribute ${volumePermissionParameters}`,
    (input: ModifySnapshotAttributeRequest, caller) => modifySnapshotAttribute(world, input, caller),
  ),
  DescribeSnapshotAttribute: strict(
    'ec2:DescribeSnapshotAttribute',
    'SnapshotId Attribute',
    (input: DescribeSnapshotAttributeRequest, caller) => describeSnapshotAttribute(world, input, caller),
  ),
});

function modifyImageAttribute(world: World, input: ModifyImageAttributeRequest, caller: Caller) {
  const image = availableImage(world, caller, input.ImageId);
  const given = [input.LaunchPermission, input.Description, input.ImdsSupport].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw new ApiError('InvalidParameterCombination', 'You must specify one attribute to modify, and no more than one');
  }
  refuseDryRun(input);
  if (input.Description) image.description = input.Description.Value ?? '';
  if (input.ImdsSupport) {
    if (input.ImdsSupport.Value !== 'v2.0')
      throw new ApiError('InvalidParameterValue', 'imdsSupport can only be set to v2.0');
    image.imdsSupport = 'v2.0';
  }
  if (input.LaunchPermission) changePermissions(world, image, input.LaunchPermission, caller);
  return {};
}

function resetImageAttribute(world: World, input: ResetImageAttributeRequest, caller: Caller) {
  const image = availableImage(world, caller, input.ImageId);
  if (input.Attribute !== 'launchPermission')
    throw new ApiError('InvalidParameterValue', `Value (${input.Attribute}) for parameter attribute is invalid.`);
  image.permissions = [];
  return {};
}

function resetSnapshotAttribute(world: World, input: ResetSnapshotAttributeRequest, caller: Caller) {
  const snapshot = ownSnapshot(world.region(caller.region), caller, input.SnapshotId ?? '');
  if (input.Attribute !== 'createVolumePermission')
    throw new ApiError('InvalidParameterValue', `Value (${input.Attribute}) for parameter attribute is invalid.`);
  snapshot.sharedWith.clear();
  return {};
}

function describeImageAttribute(world: World, input: DescribeImageAttributeRequest, caller: Caller) {
  const image = ownImage(world.region(caller.region), caller, input.ImageId ?? '');
  if (input.Attribute === 'launchPermission') return { ImageId: image.id, LaunchPermissions: image.permissions };
  if (input.Attribute === 'imdsSupport') return { ImageId: image.id, ImdsSupport: { Value: image.imdsSupport } };
  if (input.Attribute === 'lastLaunchedTime')
    return { ImageId: image.id, LastLaunchedTime: lastLaunch(world, image, caller) };
  if (input.Attribute === 'uefiData') return { ImageId: image.id }; // no simulated AMI brings UEFI variables
  if (input.Attribute === 'description') return { ImageId: image.id, Description: { Value: image.description } };
  throw new Error(`the simulator does not implement attribute ${input.Attribute} of ec2:DescribeImageAttribute`);
}

/** EC2 tells of a launch a day later: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-last-launched-time.html */
function lastLaunch(world: World, image: Image, { region }: Caller) {
  const told = world.clock.now() - 86_400_000;
  const last = world
    .region(region)
    .launches.get(image.id)
    ?.findLast((at) => at <= told);
  return last === undefined ? undefined : { Value: isoTime(last) };
}

function modifySnapshotAttribute(world: World, input: ModifySnapshotAttributeRequest, caller: Caller) {
  const snapshot = ownSnapshot(world.region(caller.region), caller, input.SnapshotId ?? '');
  const { Add = [], Remove = [] } = input.CreateVolumePermission ?? {};
  if (Add.length > 0 && Remove.length > 0) {
    throw new ApiError('InvalidParameterCombination', 'Permissions cannot be added and removed in one request');
  }
  if (Add.length + Remove.length > 500) {
    throw new ApiError('InvalidParameterValue', 'A request may make at most 500 modifications');
  }
  // https://github.com/hashicorp/packer/issues/7499
  if (Add.length > 0 && snapshot.keyArn === managedKeyArn(caller.region, caller.account)) {
    throw new ApiError('OperationNotPermitted', 'Encrypted snapshots with EBS default key cannot be shared');
  }
  const whom = ({ UserId, Group }: { UserId?: string | undefined; Group?: string | undefined }) => {
    if (Group !== undefined && snapshot.keyArn !== undefined) {
      throw new ApiError('OperationNotPermitted', 'Encrypted snapshots cannot be public');
    }
    return Group ?? validAccount(UserId);
  };
  const added = Add.map(whom);
  refuseDryRun(input);
  for (const each of Remove.map(whom)) snapshot.sharedWith.delete(each);
  for (const each of added) snapshot.sharedWith.add(each);
  return {};
}

function describeSnapshotAttribute(world: World, input: DescribeSnapshotAttributeRequest, caller: Caller) {
  const snapshot = ownSnapshot(world.region(caller.region), caller, input.SnapshotId ?? '');
  if (input.Attribute !== 'createVolumePermission') {
    throw new Error(`the simulator does not implement attribute ${input.Attribute} of ec2:DescribeSnapshotAttribute`);
  }
  const CreateVolumePermissions = [...snapshot.sharedWith].map((each) =>
    each === 'all' ? { Group: each } : { UserId: each },
  );
  return { SnapshotId: snapshot.id, CreateVolumePermissions };
}

function availableImage(world: World, caller: Caller, id = ''): Image {
  const image = ownImage(world.region(caller.region), caller, id);
  if (image.state === 'available') return image;
  throw new ApiError('InvalidAMIID.Unavailable', `The image ID '${image.id}' is not available (state: ${image.state})`);
}

function changePermissions(
  world: World,
  image: Image,
  { Add = [], Remove = [] }: NonNullable<ModifyImageAttributeRequest['LaunchPermission']>,
  caller: Caller,
): void {
  if (Add.length + Remove.length > 10_000)
    throw new ApiError('InvalidParameterValue', 'Too many launch permissions in one request');
  for (const each of [...Add, ...Remove]) if (each.UserId !== undefined) validAccount(each.UserId);
  const region = world.region(caller.region);
  const own = managedKeyArn(caller.region, caller.account);
  // Users saw this with accounts: https://github.com/hashicorp/packer/issues/7410. No source says that EC2 refuses organizations,
  // too, so the simulator accepts them, but they cannot launch.
  if (
    Add.some((each) => each.UserId !== undefined) &&
    image.mappings.some((each) => region.snapshots.get(each.snapshot ?? '')?.keyArn === own)
  ) {
    throw new ApiError(
      'InvalidParameter',
      "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.",
    );
  }
  if (Add.some(({ Group }) => Group === 'all')) refusePublic(world, region, image);
  const removed = new Set(Remove.map(subject));
  const kept = image.permissions.filter((each) => !removed.has(subject(each)));
  const known = new Set(kept.map(subject));
  for (const each of Add) if (!known.has(subject(each))) kept.push(each);
  const { users = 1000 } = world.limits;
  if (kept.length > users)
    throw new ApiError('ResourceLimitExceeded', `An AMI may be shared with at most ${users} entities`);
  image.permissions = kept;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html: no encrypted AMI is public. */
function refusePublic(world: World, region: Region, image: Image): void {
  if (image.mappings.some(({ encrypted }) => encrypted))
    throw new ApiError('InvalidParameter', 'Images with encrypted snapshots cannot be made public');
  if (world.scenario.blockPublicImages)
    throw new ApiError('OperationNotPermitted', 'Public sharing of AMIs is blocked for this account', 400);
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-watermark.html; nobody outside of AWS has seen the code
  if (image.watermarks?.length)
    throw new ApiError('OperationNotPermitted', 'AMIs with watermarks cannot be made public', 400);
  refuseMorePublicImages(world, region, image);
}

const subject = (permission: LaunchPermission) =>
  JSON.stringify([permission.UserId, permission.Group, permission.OrganizationArn, permission.OrganizationalUnitArn]);

function validAccount(id = ''): string {
  if (/^\d{12}$/.test(id)) return id;
  throw new ApiError('InvalidAMIAttributeItemValue', `Invalid attribute item value "${id}" for userId item type.`);
}
