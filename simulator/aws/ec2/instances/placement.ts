import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Caller } from '../../calls/actions.ts';
import type { Region, World } from '../../world.ts';
import { freeAddresses, groupById, subnetById } from '../network/describe-network.ts';
import { networkOf, type Subnet } from '../network/network.ts';

const mostGroups = 5;

export interface Placement {
  subnet: Subnet;
  groups: string[];
  publicIp: boolean;
}

type Wanted = Pick<RunInstancesRequest, 'SubnetId' | 'SecurityGroupIds' | 'NetworkInterfaces'>;

/**
 * Subnet and groups are named once, in the request or in its network interface: github.com/aws/aws-cli/issues/518 has the
 * answer to both. AWS does not say what becomes of an interface without a subnet, so the simulator refuses it.
 */
function wantedPlace({ NetworkInterfaces, SubnetId, SecurityGroupIds }: Wanted) {
  if (!NetworkInterfaces) return { SubnetId, SecurityGroupIds };
  const [one, ...more] = NetworkInterfaces;
  if (!one || more.length > 0 || one.DeviceIndex !== 0 || one.DeleteOnTermination !== true)
    throw new Error('the simulator makes one network interface, which goes with its instance');
  const twice = (what: string) =>
    new ApiError(
      'InvalidParameterCombination',
      `Network interfaces and an instance-level ${what} may not be specified on the same request`,
    );
  if (SubnetId !== undefined) throw twice('subnet ID');
  if (SecurityGroupIds !== undefined) throw twice('security groups');
  if (one.SubnetId === undefined)
    throw new ApiError('MissingParameter', 'The request must contain the parameter SubnetId');
  return { SubnetId: one.SubnetId, SecurityGroupIds: one.Groups, publicIp: one.AssociatePublicIpAddress };
}

/**
 * Where a launch goes: a default subnet and the default group of the VPC where it names none.
 * The answers are EC2's: VPCIdNotSpecified (github.com/aws/aws-cdk/issues/3251), MissingInput
 * (github.com/terraform-aws-modules/terraform-aws-ec2-instance/issues/50), InvalidParameter
 * (github.com/ansible/ansible-modules-core/issues/347).
 */
export function placementOf(world: World, region: Region, { account }: Caller, wanted: Wanted): Placement {
  const { SubnetId, SecurityGroupIds, publicIp } = wantedPlace(wanted);
  const network = networkOf(world, region, account);
  const subnet =
    SubnetId === undefined
      ? network.subnets.find(({ byDefault }) => byDefault)
      : subnetById(world, region, account, SubnetId);
  if (!subnet) {
    const { defaultVpc } = world.network;
    if (defaultVpc === 'absent') throw new ApiError('VPCIdNotSpecified', 'No default VPC for this user');
    const { vpc = '' } = network.groups[0] ?? {};
    throw new ApiError('MissingInput', `No subnets found for the default VPC '${vpc}'. Please specify a subnet.`);
  }
  const byDefault = network.groups.filter(({ vpc, name }) => vpc === subnet.vpc && name === 'default');
  const groups = SecurityGroupIds?.map((id) => groupById(network.groups, id)) ?? byDefault;
  // Only the owner of a shared VPC may use its groups, the default group too (vpc-share-limitations in the guide of Amazon VPC).
  const others = groups.find(({ owner }) => owner !== account);
  if (others) throw new ApiError('UnauthorizedOperation', `You are not authorized to use ${others.id}.`);
  // Quotas of Amazon VPC: five groups for a network interface, which AWS raises to 16 at most. RunInstances says it of the instance.
  if (groups.length > mostGroups) {
    throw new ApiError(
      'SecurityGroupsPerInstanceLimitExceeded',
      `The maximum number of security groups per interface has been reached: ${groups.length} of ${mostGroups}.`,
    );
  }
  const foreign = groups.find(({ vpc }) => vpc !== subnet.vpc);
  if (foreign) {
    const message = `Security group ${foreign.id} and subnet ${subnet.id} belong to different networks.`;
    throw new ApiError('InvalidParameter', message);
  }
  if (freeAddresses(region, subnet) < 1) {
    const message = `There are not enough free addresses in subnet '${subnet.id}' to satisfy the requested number of instances.`;
    throw new ApiError('InsufficientFreeAddressesInSubnet', message);
  }
  return { subnet, groups: groups.map(({ id }) => id), publicIp: publicIp ?? subnet.publicIp };
}
