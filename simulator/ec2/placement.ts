import { ApiError, type Caller } from '../actions.ts';
import type { Region, World } from '../world.ts';
import { freeAddresses, groupById, subnetById } from './describe-network.ts';
import { networkOf, type Subnet } from './network.ts';

const mostGroups = 5;

export interface Placement {
  subnet: Subnet;
  groups: string[];
}

/**
 * Where a launch goes: a default subnet and the default group of the VPC where it names none.
 * The answers are EC2's: VPCIdNotSpecified (github.com/aws/aws-cdk/issues/3251), MissingInput
 * (github.com/terraform-aws-modules/terraform-aws-ec2-instance/issues/50), InvalidParameter
 * (github.com/ansible/ansible-modules-core/issues/347).
 */
export function placementOf(
  world: World,
  region: Region,
  { account }: Caller,
  { SubnetId, SecurityGroupIds }: { SubnetId?: string | undefined; SecurityGroupIds?: string[] | undefined },
): Placement {
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
  return { subnet, groups: groups.map(({ id }) => id) };
}
