import type { BlockDeviceMapping, RegisterImageRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { required, strict, tagSpecificationParameters } from '../../calls/strict.ts';
import { refuseMoreImages } from '../limits.ts';
import { specifiedTags } from '../tags.ts';
import { refuseImpossibleVolume } from '../volume-limits.ts';
import { refuseNamesake, register, validName } from './registration.ts';
import { snapshotById } from './snapshots.ts';
import type { Image, Mapping } from '../../state/images.ts';
import type { Region } from '../../state/region.ts';
import type { Snapshot } from '../../state/snapshots.ts';
import type { World } from '../../state/world.ts';

// The simulated RegisterImage. Its rules and defaults: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html

export const registerImageActions = (world: World): Actions => ({
  RegisterImage: strict(
    'ec2:RegisterImage',
    `Name Description Architecture VirtualizationType RootDeviceName EnaSupport SriovNetSupport BootMode TpmSupport ImdsSupport
     BlockDeviceMappings.DeviceName BlockDeviceMappings.VirtualName BlockDeviceMappings.Ebs.SnapshotId
     BlockDeviceMappings.Ebs.VolumeSize BlockDeviceMappings.Ebs.VolumeType BlockDeviceMappings.Ebs.Iops
     BlockDeviceMappings.Ebs.Throughput BlockDeviceMappings.Ebs.Encrypted BlockDeviceMappings.Ebs.DeleteOnTermination
     ${tagSpecificationParameters}`,
    (input: RegisterImageRequest, caller) => registerImage(world, input, caller),
  ),
});

function registerImage(world: World, input: RegisterImageRequest, caller: Caller) {
  const region = world.region(caller.region);
  const name = validName(input.Name);
  // Snapshots are tagged with CreateTags.
  const tags = specifiedTags(input.TagSpecifications, ['image']);
  refuseNamesake(region, caller, name);
  const rootDevice = required(input.RootDeviceName, 'RootDeviceName');
  const devices = input.BlockDeviceMappings ?? [];
  const mappings = devices.flatMap((one) => (one.Ebs ? [mappingOf(region, caller, one, rootDevice)] : []));
  const root = mappings.find(({ device }) => device === rootDevice);
  if (!root?.snapshot)
    throw new ApiError('InvalidBlockDeviceMapping', `The root device ${rootDevice} has no snapshot among the devices`);
  const names = devices.map(({ DeviceName }) => DeviceName);
  if (new Set(names).size < names.length)
    throw new ApiError('InvalidBlockDeviceMapping', 'A device is named more than once');
  refuseMoreImages(world, region, caller, 0);
  const image = {
    ...imageOf(world, input, region.snapshots.get(root.snapshot)),
    owner: caller.account,
    name,
    rootDevice,
  };
  const id = world.newId('ami', region.name);
  const seconds = world.delays.draw('registerImage', { resource: id, region: region.name });
  const at = world.clock.now() + seconds * 1000;
  return register(world, region, { ...image, id, mappings, tags: tags('image') }, [], { at });
}

/** The defaults are those of the API: i386 (which the simulator has no instances for), paravirtual, no ENA, no boot mode. */
function imageOf(
  world: World,
  input: RegisterImageRequest,
  root: Snapshot | undefined,
): Omit<Image, 'id' | 'owner' | 'name' | 'rootDevice' | 'mappings' | 'tags'> {
  const { Architecture = 'i386', VirtualizationType: type = 'paravirtual', BootMode, TpmSupport, ImdsSupport } = input;
  if (Architecture !== 'x86_64' && Architecture !== 'arm64')
    throw new Error(`the simulator does not implement images of ${Architecture}`);
  if (TpmSupport !== undefined && BootMode !== 'uefi')
    throw new ApiError('InvalidParameterCombination', 'TpmSupport v2.0 requires the boot mode uefi');
  if (type === 'paravirtual' && input.EnaSupport)
    throw new ApiError('InvalidParameterCombination', 'EnaSupport is only for HVM images');
  const ephemeral = (input.BlockDeviceMappings ?? []).flatMap(({ DeviceName = '', VirtualName: name }) =>
    name === undefined ? [] : [{ device: DeviceName, name }],
  );
  return {
    description: input.Description ?? '',
    state: 'pending',
    // Nobody knows what is on a disk until it boots. A disk that the simulator knows nothing of has no agent.
    system: root?.system?.name ?? 'AmazonLinux',
    agent: root?.system?.agent ?? false,
    unpacked: root?.system?.unpacked,
    unbilled: true,
    architecture: Architecture,
    virtualization: type === 'paravirtual' ? type : undefined,
    ena: input.EnaSupport ?? false,
    bootMode: BootMode,
    tpm: TpmSupport,
    imdsSupport: ImdsSupport,
    createdAt: world.clock.now(),
    ...(ephemeral.length > 0 && { ephemeral }),
    permissions: [],
  };
}

function mappingOf(
  region: Region,
  caller: Caller,
  { DeviceName, Ebs = {} }: BlockDeviceMapping,
  root: string,
): Mapping {
  const device = required(DeviceName, 'DeviceName');
  if (Ebs.Encrypted !== undefined)
    throw new ApiError('InvalidParameterCombination', `Encrypted of ${device}: the snapshot decides`);
  const snapshot = Ebs.SnapshotId === undefined ? undefined : snapshotById(region, caller, Ebs.SnapshotId);
  // AWS documents no code for this. CreateVolume answers IncorrectState for a snapshot that is not complete.
  if (snapshot && snapshot.state !== 'completed')
    throw new ApiError('IncorrectState', `Snapshot ${snapshot.id} is in invalid state - ${snapshot.state}`);
  const sizeGiB = Ebs.VolumeSize ?? required(snapshot?.sizeGiB, 'size/snapshot');
  if (snapshot && sizeGiB < snapshot.sizeGiB)
    throw new ApiError(
      'InvalidBlockDeviceMapping',
      `Volume of size ${sizeGiB}GB is smaller than snapshot '${snapshot.id}', expect size>= ${snapshot.sizeGiB}GB`,
    );
  const { VolumeType: type = 'standard', Iops: iops, Throughput: throughput } = Ebs;
  refuseImpossibleVolume({ type, sizeGiB, iops, throughput, root: device === root });
  return {
    device,
    snapshot: snapshot?.id,
    sizeGiB,
    type,
    iops,
    throughput,
    encrypted: snapshot?.keyArn !== undefined,
    deleteOnTermination: Ebs.DeleteOnTermination ?? true,
  };
}
