import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import { partitionIn } from '../../partition.ts';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { required, strict, tagSpecifications } from '../../calls/strict.ts';
import { describedInstance } from './describe-instance.ts';
import { mayDie } from './dying.ts';
import { decodedUserData } from './guest.ts';
import { imageById } from '../images/images.ts';
import { refuseTooManyVolumes } from './instance-types.ts';
import { move } from './instances.ts';
import { refuseBeyondLimits } from '../limits.ts';
import { placementOf } from './placement.ts';
import { plannedDisks } from './planned-disks.ts';
import { specifiedTags } from '../tags.ts';
import { onceByToken } from './tokens.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import type { Image } from '../../state/images.ts';
import type { Instance } from '../../state/instances.ts';
import type { Volume } from '../../state/volumes.ts';

const parameters = `ImageId InstanceType SubnetId SecurityGroupIds IamInstanceProfile.Name IamInstanceProfile.Arn MinCount MaxCount ClientToken
  BlockDeviceMappings.DeviceName BlockDeviceMappings.Ebs.VolumeSize BlockDeviceMappings.Ebs.VolumeType BlockDeviceMappings.Ebs.Iops
  BlockDeviceMappings.Ebs.Throughput BlockDeviceMappings.Ebs.Encrypted BlockDeviceMappings.Ebs.KmsKeyId BlockDeviceMappings.Ebs.DeleteOnTermination
  MetadataOptions.HttpTokens MetadataOptions.HttpPutResponseHopLimit MetadataOptions.HttpEndpoint MetadataOptions.InstanceMetadataTags
  NetworkInterfaces.DeviceIndex NetworkInterfaces.SubnetId NetworkInterfaces.Groups NetworkInterfaces.AssociatePublicIpAddress
  NetworkInterfaces.DeleteOnTermination InstanceInitiatedShutdownBehavior UserData ${tagSpecifications}`;

export const runInstancesActions = (world: World): Actions => ({
  RunInstances: strict('ec2:RunInstances', parameters, (input: RunInstancesRequest, caller) => {
    const region = world.region(caller.region);
    const id = onceByToken(region, caller, 'RunInstances', input, () => launch(world, region, input, caller).id);
    const instance = region.instances.get(id)!;
    if (instance.state === 'shutting-down' || instance.state === 'terminated') {
      throw new ApiError(
        'IdempotentInstanceTerminated',
        'The client token you have provided is associated with a terminated resource. Please use a different client token.',
      );
    }
    const { reservation, owner } = instance;
    return { ReservationId: reservation, OwnerId: owner, Groups: [], Instances: [describedInstance(region, instance)] };
  }),
});

function launch(world: World, region: Region, input: RunInstancesRequest, caller: Caller): Instance {
  if (input.MinCount !== 1 || input.MaxCount !== 1) throw new Error('the simulator launches one instance at a time');
  const image = imageById(region, caller, required(input.ImageId, 'ImageId'));
  if (image.state !== 'available') {
    throw new ApiError(
      'InvalidAMIID.Unavailable',
      `The image ID '${image.id}' is not available (state: ${image.state})`,
    );
  }
  const type = suitableType(input.InstanceType ?? 'm1.small', image);
  const { subnet, groups, publicIp } = placementOf(world, region, caller, input);
  refuseBeyondLimits(world, region, caller, type);
  if (world.happens('noCapacity', subnet.zone)) {
    throw new ApiError(
      'InsufficientInstanceCapacity',
      `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${subnet.zone}).`,
      500,
    );
  }
  const tags = specifiedTags(input.TagSpecifications, ['instance', 'volume', 'network-interface']);
  const disks = plannedDisks(world, region, caller, image, input.BlockDeviceMappings ?? []);
  refuseTooManyVolumes(type, disks.length);
  const userData = decodedUserData(input.UserData);
  const { Name, Arn } = input.IamInstanceProfile ?? {};
  const needsTokens = image.imdsSupport === 'v2.0';
  const number = region.instances.size + 10;
  const id = world.newId('i', region.name);
  const instance: Instance = {
    id,
    owner: caller.account,
    region: region.name,
    reservation: world.newId('r', region.name),
    image: image.id,
    type,
    state: 'pending',
    launchedAt: world.clock.now(),
    transition: 0,
    subnet,
    securityGroups: groups,
    publicIp,
    profileArn:
      Arn ??
      (Name === undefined
        ? undefined
        : `arn:${partitionIn(caller.region)}:iam::${caller.account}:instance-profile/${Name}`),
    networkInterface: world.newId('eni', region.name),
    privateIp: `172.31.${Math.floor(number / 250)}.${(number % 250) + 4}`,
    system: image.system,
    agent: image.agent,
    architecture: image.architecture,
    rootDevice: image.rootDevice,
    bootMode: image.bootMode,
    metadata: {
      HttpTokens: input.MetadataOptions?.HttpTokens ?? (needsTokens ? 'required' : 'optional'),
      HttpPutResponseHopLimit: input.MetadataOptions?.HttpPutResponseHopLimit ?? (needsTokens ? 2 : 1),
      HttpEndpoint: input.MetadataOptions?.HttpEndpoint ?? 'enabled',
      InstanceMetadataTags: input.MetadataOptions?.InstanceMetadataTags ?? 'disabled',
    },
    shutdownBehavior: input.InstanceInitiatedShutdownBehavior ?? 'stop',
    userData,
    clientToken: input.ClientToken,
    tags: tags('instance'),
  };
  region.instances.set(id, instance);
  region.interfaces.set(instance.networkInterface, {
    id: instance.networkInterface,
    owner: caller.account,
    tags: tags('network-interface'),
  });
  for (const disk of disks) {
    const volume: Volume = {
      id: world.newId('vol', region.name),
      owner: caller.account,
      zone: subnet.zone,
      state: 'in-use',
      attachment: {
        instance: id,
        device: disk.device,
        deleteOnTermination: disk.deleteOnTermination,
        at: instance.launchedAt,
      },
      sizeGiB: disk.sizeGiB,
      usedGiB: disk.usedGiB,
      type: disk.type,
      iops: disk.iops,
      throughput: disk.throughput,
      keyArn: disk.keyArn,
      snapshot: disk.snapshot,
      createdAt: instance.launchedAt,
      tags: tags('volume'),
    };
    region.volumes.set(volume.id, volume);
  }
  if (disks.some((disk) => disk.keyProblem)) {
    // EC2 accepts the call and the instance dies, because the key is checked only when the volume is created.
    instance.reason = {
      Code: 'Client.InvalidKMSKey.InvalidState',
      Message: 'Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state',
    };
    move(world, instance, 'pending', 'launchRefused', 'terminated');
  } else {
    move(world, instance, 'pending', 'instanceRunning', 'running');
    mayDie(world, instance);
  }
  return instance;
}

function suitableType(type: string, image: Image): string {
  const [, family] = /^([a-z]+\d+[a-z-]*)\.[a-z0-9-]+$/.exec(type) ?? [];
  if (family === undefined) throw new ApiError('InvalidParameterValue', `Invalid value '${type}' for InstanceType.`);
  const architecture = /^(a1|[a-z]+\d+g)/.test(family) ? 'arm64' : 'x86_64';
  if (architecture === image.architecture) return type;
  throw new ApiError(
    'InvalidParameterValue',
    `The architecture '${architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.`,
  );
}
