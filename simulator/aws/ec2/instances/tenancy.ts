import type { DescribeHostsRequest, RunInstancesRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions } from '../../calls/actions.ts';
import { strict } from '../../calls/strict.ts';
import type { Instance } from '../../state/instances.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';

export type Hardware = Instance['hardware'];

/**
 * The placement and licences of a launch. The rules are in https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Placement.html, the
 * codes in EC2's list. AWS does not document the words. Host resource groups and licences belong to other services, so the
 * simulator takes any.
 */
export function hardwareOf(world: World, region: Region, input: RunInstancesRequest, zone: string): Hardware {
  const {
    Placement: { Tenancy = 'default', HostId, HostResourceGroupArn, GroupName } = {},
    LicenseSpecifications = [],
  } = input;
  if ((HostId ?? HostResourceGroupArn) !== undefined && Tenancy !== 'host')
    throw new ApiError('InvalidParameterCombination', 'A host or host resource group requires the tenancy host.');
  if (Tenancy === 'host' && input.InstanceMarketOptions)
    throw new ApiError('InvalidParameterCombination', 'Spot Instances do not support the tenancy host.');
  const { dedicatedHosts: hosts, placementGroups } = world.scenario;
  const host = HostId === undefined ? undefined : hostById(world, HostId);
  const [family = ''] = (input.InstanceType ?? '').split('.');
  if (host && host.family !== family)
    throw new ApiError('UnsupportedInstanceTypeOnHost', `The host '${HostId}' is for ${host.family} only`);
  const on = (id: string) =>
    [...region.instances.values()].filter(({ hardware, state }) => hardware.hostId === id && state !== 'terminated');
  const hasRoom = (one: (typeof hosts)[number]) =>
    one.family === family && region.name + one.zone === zone && on(one.id).length < one.instances;
  const isOwn = Tenancy === 'host' && HostResourceGroupArn === undefined;
  const chosen = isOwn ? (host ? [host] : hosts).find(hasRoom) : undefined;
  if (isOwn && !chosen)
    throw new ApiError(
      host ? 'InsufficientCapacityOnHost' : 'UnavailableHostRequirements',
      `No Dedicated Host in ${zone} has room for ${input.InstanceType}`,
    );
  if (GroupName !== undefined && !placementGroups.includes(GroupName))
    throw new ApiError('InvalidPlacementGroup.Unknown', `The Placement Group '${GroupName}' is unknown.`);
  return {
    tenancy: Tenancy,
    hostId: chosen?.id,
    hostResourceGroup: HostResourceGroupArn,
    group: GroupName,
    licenses: LicenseSpecifications.map(({ LicenseConfigurationArn = '' }) => LicenseConfigurationArn),
  };
}

/** EC2's words: github.com/seek-oss/aec/pull/411 */
export function refuseUnreadableTags(input: RunInstancesRequest, tags: ReadonlyMap<string, string>): void {
  if (input.MetadataOptions?.InstanceMetadataTags !== 'enabled') return;
  const wrong = [...tags.keys()].find((key) => !/^(?!(\.|\.\.|_index)$)[0-9a-zA-Z\-_+=,.@:]{1,255}$/.test(key));
  if (wrong !== undefined)
    throw new ApiError(
      'InvalidParameterValue',
      `'${wrong}' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', '_index')`,
    );
}

/** The simulated DescribeHosts, by ids. Every host belongs to the account that asks. */
export const hostActions = (world: World): Actions => ({
  DescribeHosts: strict('ec2:DescribeHosts', 'HostIds', ({ HostIds = [] }: DescribeHostsRequest, { region }) => ({
    Hosts: HostIds.map((HostId) => {
      const host = hostById(world, HostId);
      return {
        HostId,
        State: 'available',
        AvailabilityZone: region + host.zone,
        HostProperties: { InstanceFamily: host.family },
      };
    }),
  })),
});

function hostById({ scenario }: World, id: string) {
  const host = scenario.dedicatedHosts.find((one) => one.id === id);
  if (host) return host;
  throw new ApiError('InvalidHostID.NotFound', `The host ID '${id}' does not exist`);
}
