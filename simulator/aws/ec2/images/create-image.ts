import type { BlockDeviceMapping, CreateImageRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { strict, tagSpecificationParameters } from '../../calls/strict.ts';
import { instanceById } from '../instances/instances.ts';
import { refuseMoreImages } from '../limits.ts';
import { fateOf, refuseNamesake, register, validName } from './registration.ts';
import { snapshotVolume } from './snapshots.ts';
import { specifiedTags } from '../tags.ts';
import type { World } from '../../state/world.ts';
import type { Instance } from '../../state/instances.ts';
import type { Volume } from '../../state/volumes.ts';
import type { Image, Mapping } from '../../state/images.ts';
import { softwareOf } from '../../ssm/software.ts';
import { attachedVolumes } from '../instances/describe-instance.ts';

/** The simulated CreateImage: an AMI of an instance's disks, which is pending until its snapshots are complete. */
export const createImageActions = (world: World): Actions => ({
  CreateImage: strict(
    'ec2:CreateImage',
    `InstanceId Name Description NoReboot ${tagSpecificationParameters} BlockDeviceMappings.DeviceName BlockDeviceMappings.NoDevice
     BlockDeviceMappings.VirtualName BlockDeviceMappings.Ebs.DeleteOnTermination BlockDeviceMappings.Ebs.VolumeSize
     BlockDeviceMappings.Ebs.VolumeType BlockDeviceMappings.Ebs.Iops BlockDeviceMappings.Ebs.Throughput
     BlockDeviceMappings.Ebs.Encrypted`,
    (input: CreateImageRequest, caller) => createImage(world, input, caller),
  ),
});

function createImage(world: World, input: CreateImageRequest, caller: Caller) {
  const region = world.region(caller.region);
  const instance = instanceById(region, caller, input.InstanceId ?? '');
  const name = validName(input.Name);
  const tags = specifiedTags(input.TagSpecifications, ['image', 'snapshot']);
  if (instance.state !== 'running' && instance.state !== 'stopped') {
    throw new ApiError(
      'InvalidParameterValue',
      `Instance is not in state 'running' or 'stopped': ${instance.id} is ${instance.state}`,
    );
  }
  refuseNamesake(region, caller, name);
  refuseMoreImages(world, region, caller, attachedVolumes(region, instance.id).length);
  if (instance.state === 'running' && !input.NoReboot) region.agents.get(instance.id)?.reboot();

  const id = world.newId('ami', region.name);
  const changes = input.BlockDeviceMappings ?? [];
  const dropped = changes.flatMap(({ DeviceName, NoDevice }) => (NoDevice === undefined ? [] : [DeviceName]));
  const volumes = attachedVolumes(region, instance.id).filter(
    ({ attachment }) => !dropped.includes(attachment?.device),
  );
  if (dropped.includes(instance.rootDevice))
    throw new ApiError('InvalidBlockDeviceMapping', `The root device ${instance.rootDevice} cannot be left out`);
  const gib = volumes.reduce((sum, volume) => sum + volume.usedGiB, 0);
  const fate = fateOf(world, region, { kind: 'createImage', id, name, gib });
  const snapshots = volumes.map((volume) =>
    snapshotVolume(
      world,
      region,
      { instance, volume },
      { description: `Created by CreateImage(${instance.id}) for ${id}`, fate, tags: tags('snapshot') },
    ),
  );
  const mappings = volumes.map((volume, index) => mappingOf(volume, snapshots[index]?.id));
  const ephemeral = changes.flatMap(({ DeviceName = '', VirtualName: name }) =>
    name ? [{ device: DeviceName, name }] : [],
  );
  for (const change of changes) if (change.Ebs) changeMapping(mappings, change);
  for (const { device } of ephemeral)
    if (mappings.some((mapping) => mapping.device === device))
      throw new ApiError('InvalidBlockDeviceMapping', `The device ${device} is used by a volume`);
  const description = input.Description ?? '';
  const image = { ...imageOf(world, instance), id, name, description, mappings, ephemeral, tags: tags('image') };
  return register(world, region, image, snapshots, fate);
}

/** What an image takes over from the instance that it is made of. */
const imageOf = (
  world: World,
  instance: Instance,
): Omit<Image, 'id' | 'name' | 'description' | 'mappings' | 'tags'> => ({
  owner: instance.owner,
  state: 'pending',
  system: instance.system,
  agent: instance.agent,
  unpacked: [...instance.unpacked],
  architecture: instance.architecture,
  rootDevice: instance.rootDevice,
  bootMode: instance.bootMode,
  tpm: world.region(instance.region).images.get(instance.image)?.tpm,
  createdAt: world.clock.now(),
  sourceInstance: instance.id,
  sourceImage: instance.image,
  sourceRegion: instance.region,
  software: softwareOf(world, instance),
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachImageWatermark.html
  watermarks: world.region(instance.region).images.get(instance.image)?.watermarks,
  permissions: [],
});

const mappingOf = (volume: Volume, snapshot: string | undefined): Mapping => ({
  device: volume.attachment?.device ?? '',
  snapshot,
  sizeGiB: volume.sizeGiB,
  type: volume.type,
  iops: volume.iops,
  throughput: volume.throughput,
  encrypted: volume.keyArn !== undefined,
  deleteOnTermination: volume.attachment?.deleteOnTermination ?? true,
});

function changeMapping(mappings: Mapping[], change: BlockDeviceMapping): void {
  const mapping = mappings.find((each) => each.device === change.DeviceName);
  if (!mapping) throw new Error('the simulator does not implement adding a device in ec2:CreateImage');
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html, BlockDeviceMapping: of what the instance has, only
  // DeleteOnTermination can be changed. AWS does not say whether EC2 refuses the rest or ignores it.
  const { DeleteOnTermination, ...others } = change.Ebs ?? {};
  if (Object.keys(others).length > 0) {
    const named = Object.keys(others).join(', ');
    throw new ApiError('InvalidBlockDeviceMapping', `${named} of ${mapping.device} cannot be changed by CreateImage`);
  }
  mapping.deleteOnTermination = DeleteOnTermination ?? mapping.deleteOnTermination;
}
