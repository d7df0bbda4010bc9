import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import { partitionIn } from '../../partition.ts';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { refuseDryRun, required, strict, tagSpecificationParameters } from '../../calls/strict.ts';
import { describedInstance } from './describe-instance.ts';
import { mayDie } from './dying.ts';
import { decodedUserData } from './guest.ts';
import { isHidden } from '../images/allowed-images.ts';
import { imageById } from '../images/images.ts';
import { instanceTypeOf, refuseTooManyVolumes } from './instance-types.ts';
import { move } from './instances.ts';
import { refuseBeyondLimits } from '../limits.ts';
import { hardwareOf, refuseUnreadableTags, type Hardware } from './tenancy.ts';
import { refuseWithoutSpot, spotRequestOf } from './spot.ts';
import { refuseKeyPair } from './key-pairs.ts';
import { placementOf } from './placement.ts';
import { plannedDisks } from './planned-disks.ts';
import { specifiedTags } from '../tags.ts';
import { onceByToken } from './tokens.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import type { Image } from '../../state/images.ts';
import type { TagMap } from '../../state/tags.ts';
import type { Instance } from '../../state/instances.ts';
import type { Volume } from '../../state/volumes.ts';

const parameters = `DryRun ImageId InstanceType SubnetId SecurityGroupIds IamInstanceProfile.Name IamInstanceProfile.Arn MinCount MaxCount ClientToken
  BlockDeviceMappings.DeviceName BlockDeviceMappings.Ebs.VolumeSize BlockDeviceMappings.Ebs.VolumeType BlockDeviceMappings.Ebs.Iops
  BlockDeviceMappings.Ebs.Throughput BlockDeviceMappings.Ebs.Encrypted BlockDeviceMappings.Ebs.KmsKeyId BlockDeviceMappings.Ebs.DeleteOnTermination
  MetadataOptions.HttpTokens MetadataOptions.HttpPutResponseHopLimit MetadataOptions.HttpEndpoint MetadataOptions.InstanceMetadataTags
  MetadataOptions.HttpProtocolIpv6 Placement.Tenancy Placement.HostId Placement.HostResourceGroupArn Placement.GroupName
  LicenseSpecifications.LicenseConfigurationArn KeyName
  NetworkInterfaces.DeviceIndex NetworkInterfaces.SubnetId NetworkInterfaces.Groups NetworkInterfaces.AssociatePublicIpAddress
  InstanceMarketOptions.MarketType InstanceMarketOptions.SpotOptions.SpotInstanceType InstanceMarketOptions.SpotOptions.MaxPrice
  InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior
  NetworkInterfaces.DeleteOnTermination InstanceInitiatedShutdownBehavior UserData ${tagSpecificationParameters}`;

/** The simulated RunInstances: it checks the request as EC2 does, finds a place and starts one instance. */
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
  const image = launchable(world, region, caller, input);
  const type = suitableType(input.InstanceType ?? 'm1.small', image);
  const spot = spotRequestOf(input);
  const placement = placementOf(world, region, caller, input);
  const hardware = hardwareOf(world, region, input, placement.subnet.zone);
  refuseUnknownProfile(world, input);
  refuseKeyPair(world, input.KeyName, image);
  const tags = specifiedTags(input.TagSpecifications, [
    'instance',
    'volume',
    'network-interface',
    ...(spot ? (['spot-instances-request'] as const) : []),
  ]);
  refuseUnreadableTags(input, tags('instance'));
  const disks = plannedDisks(world, region, caller, image, input.BlockDeviceMappings ?? []);
  refuseTooManyVolumes(type, disks.length);
  refuseDryRun(input);
  refuseBeyondLimits(world, region, caller, type, spot !== undefined);
  if (spot) refuseWithoutSpot(world, spot);
  refuseWithoutCapacity(world, type, placement.subnet.zone);
  const instance = newInstance(world, region, {
    input,
    caller,
    image,
    type,
    placement,
    hardware,
    tags: tags('instance'),
  });
  region.instances.set(instance.id, instance);
  region.launches.set(image.id, [...(region.launches.get(image.id) ?? []), instance.launchedAt]);
  region.interfaces.set(instance.networkInterface, {
    id: instance.networkInterface,
    owner: caller.account,
    tags: tags('network-interface'),
  });
  for (const disk of disks) {
    const volume = newVolume(world, instance, disk, tags('volume'));
    region.volumes.set(volume.id, volume);
  }
  if (disks.some((disk) => disk.keyProblem)) dieOfKey(world, instance);
  else {
    move(world, instance, 'pending', 'instanceRunning', 'running');
    mayDie(world, instance);
  }
  return instance;
}

function launchable(world: World, region: Region, caller: Caller, input: RunInstancesRequest): Image {
  const image = imageById(region, caller, required(input.ImageId, 'ImageId'));
  if (isHidden(world, image, caller))
    throw new ApiError('InvalidAMIID.NotFound', `The image id '[${image.id}]' does not exist`);
  if (image.state === 'available') return image;
  throw new ApiError('InvalidAMIID.Unavailable', `The image ID '${image.id}' is not available (state: ${image.state})`);
}

/** EC2's words are in github.com/hashicorp/terraform-provider-aws/issues/838. */
function refuseUnknownProfile({ instanceProfiles }: World, { IamInstanceProfile }: RunInstancesRequest): void {
  const name = IamInstanceProfile?.Name;
  if (name === undefined || instanceProfiles === undefined || instanceProfiles.includes(name)) return;
  throw new ApiError(
    'InvalidParameterValue',
    `Value (${name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
  );
}

function refuseWithoutCapacity(world: World, type: string, zone: string): void {
  if (!world.happens('noCapacity', zone)) return;
  throw new ApiError(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}).`,
    500,
  );
}

interface Launch {
  input: RunInstancesRequest;
  caller: Caller;
  image: Image;
  type: string;
  placement: ReturnType<typeof placementOf>;
  hardware: Hardware;
  tags: TagMap;
}

function newInstance(world: World, region: Region, launched: Launch): Instance {
  const { input, caller, image, type, placement, hardware, tags } = launched;
  const { Name, Arn } = input.IamInstanceProfile ?? {};
  const profiles = `arn:${partitionIn(caller.region)}:iam::${caller.account}:instance-profile`;
  const number = region.instances.size + 10;
  return {
    id: world.newId('i', region.name),
    owner: caller.account,
    region: region.name,
    reservation: world.newId('r', region.name),
    image: image.id,
    type,
    state: 'pending',
    launchedAt: world.clock.now(),
    transition: 0,
    ...(spotRequestOf(input) && { spotRequest: world.newId('sir', region.name) }),
    subnet: placement.subnet,
    hardware,
    securityGroups: placement.groups,
    publicIp: placement.publicIp,
    profileArn: Arn ?? (Name === undefined ? undefined : `${profiles}/${Name}`),
    keyPair: input.KeyName,
    networkInterface: world.newId('eni', region.name),
    privateIp: `172.31.${Math.floor(number / 250)}.${(number % 250) + 4}`,
    system: image.system,
    agent: image.agent,
    unpacked: [...(image.unpacked ?? [])],
    architecture: image.architecture,
    rootDevice: image.rootDevice,
    bootMode: image.bootMode ?? (image.architecture === 'arm64' ? 'uefi' : 'legacy-bios'),
    metadata: metadataOf(input, image),
    shutdownBehavior: input.InstanceInitiatedShutdownBehavior ?? 'stop',
    userData: decodedUserData(input.UserData),
    clientToken: input.ClientToken,
    tags,
  };
}

/** The metadata options of an instance. An image that asks for IMDSv2 changes the defaults. */
function metadataOf({ MetadataOptions }: RunInstancesRequest, image: Image): Instance['metadata'] {
  const needsTokens = image.imdsSupport === 'v2.0';
  return {
    HttpTokens: MetadataOptions?.HttpTokens ?? (needsTokens ? 'required' : 'optional'),
    HttpPutResponseHopLimit: MetadataOptions?.HttpPutResponseHopLimit ?? (needsTokens ? 2 : 1),
    HttpEndpoint: MetadataOptions?.HttpEndpoint ?? 'enabled',
    InstanceMetadataTags: MetadataOptions?.InstanceMetadataTags ?? 'disabled',
    HttpProtocolIpv6: MetadataOptions?.HttpProtocolIpv6 ?? 'disabled',
  };
}

function newVolume(
  world: World,
  instance: Instance,
  disk: ReturnType<typeof plannedDisks>[number],
  tags: TagMap,
): Volume {
  const { device, deleteOnTermination, sizeGiB, usedGiB, type, iops, throughput, keyArn, snapshot } = disk;
  return {
    id: world.newId('vol', instance.region),
    owner: instance.owner,
    zone: instance.subnet.zone,
    state: 'in-use',
    attachment: { instance: instance.id, device, deleteOnTermination, at: instance.launchedAt },
    sizeGiB,
    usedGiB,
    type,
    iops,
    throughput,
    keyArn,
    snapshot,
    createdAt: instance.launchedAt,
    tags,
  };
}

/** EC2 accepts the call and the instance dies, because EC2 checks the key only when it creates the volume. */
function dieOfKey(world: World, instance: Instance): void {
  const Code = 'Client.InvalidKMSKey.InvalidState';
  instance.reason = { Code, Message: `${Code}: The KMS key provided is in an incorrect state` };
  move(world, instance, 'pending', 'launchRefused', 'terminated');
}

function suitableType(type: string, image: Image): string {
  const [, family] = /^([a-z]+\d+[a-z-]*)\.[a-z0-9-]+$/.exec(type) ?? [];
  if (family === undefined) throw new ApiError('InvalidParameterValue', `Invalid value '${type}' for InstanceType.`);
  const architecture = /^(a1|[a-z]+\d+g)/.test(family) ? 'arm64' : 'x86_64';
  // EC2's words: https://repost.aws/knowledge-center/boot-error-ena-nitro-instance
  if (image.ena === false && instanceTypeOf(type)?.ena === 'required')
    throw new ApiError(
      'InvalidParameterCombination',
      `Enhanced networking with the Elastic Network Adapter (ENA) is required for the '${type}' instance type. Ensure that you are using an AMI that is enabled for ENA.`,
    );
  if (architecture === image.architecture) return type;
  throw new ApiError(
    'InvalidParameterValue',
    `The architecture '${architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.`,
  );
}
