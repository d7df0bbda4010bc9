import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Caller } from '../../calls/actions.ts';
import { freeAddresses, groupById, subnetById } from '../network/describe-network.ts';
import { networkOf } from '../network/network.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import type { Subnet } from '../../state/network.ts';

const mostGroups = 5;

interface Placement {
  subnet: Subnet;
  groups: string[];
  publicIp: boolean;
}

type Wanted = Pick<RunInstancesRequest, 'SubnetId' | 'SecurityGroupIds' | 'NetworkInterfaces'>;

/**
 * Subnet and groups are given once, in the request or in its network interface. github.com/aws/aws-cli/issues/518 shows the
 * answer if both give them. AWS does not document an interface without a subnet, so the simulator refuses it.
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
 * The subnet and groups of a launch. Without a subnet or groups in the request, they are a default subnet and its VPC's default
 * group.
 * The errors are EC2's: VPCIdNotSpecified (github.com/aws/aws-cdk/issues/3251), MissingInput
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
  // Only the owner of a shared VPC may use its groups, including the default group (vpc-share-limitations in the Amazon VPC
  // guide).
  const others = groups.find(({ owner }) => owner !== account);
  if (others) throw new ApiError('UnauthorizedOperation', `You are not authorized to use ${others.id}.`);
  // Quotas of Amazon VPC: five groups per network interface, which AWS raises to at most 16. RunInstances reports it for the
  // instance.
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
