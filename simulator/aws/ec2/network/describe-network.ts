import type {
  DescribeRouteTablesRequest,
  DescribeSecurityGroupsRequest,
  DescribeSubnetsRequest,
  DescribeVpcEndpointsRequest,
  DescribeVpcsRequest,
} from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { filters, page, strict } from '../../calls/strict.ts';
import { selectByFilters, type Fields } from '../filters.ts';
import { networkOf } from './network.ts';
import { paginate } from '../pagination.ts';
import { tagList } from '../tags.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import type { Endpoint, RouteTable, SecurityGroup, Subnet, Vpc } from '../../state/network.ts';

const subnetFields: Fields<Subnet> = {
  'subnet-id': (subnet) => subnet.id,
  'vpc-id': (subnet) => subnet.vpc,
  'availability-zone': (subnet) => subnet.zone,
  'default-for-az': (subnet) => String(subnet.byDefault),
  state: () => 'available',
};

const vpcFields: Fields<Vpc> = {
  'vpc-id': (vpc) => vpc.id,
  'is-default': (vpc) => String(vpc.byDefault),
};

const groupFields: Fields<SecurityGroup> = {
  'group-id': (group) => group.id,
  'group-name': (group) => group.name,
  'vpc-id': (group) => group.vpc,
};

const tableFields: Fields<RouteTable> = {
  'vpc-id': (table) => table.vpc,
  'association.subnet-id': (table) => table.subnet,
  'association.main': (table) => String(table.subnet === undefined),
};

const endpointFields = (region: string): Fields<Endpoint> => ({
  'vpc-id': (endpoint) => endpoint.vpc,
  'service-name': (endpoint) => serviceName(region, endpoint),
  'vpc-endpoint-state': () => 'available',
});

const serviceName = (region: string, { service }: Endpoint) => `com.amazonaws.${region}.${service}`;
const everywhere = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

function describedTable(table: RouteTable) {
  const suffix = table.id.slice('rtb-'.length);
  const target = {
    internet: { GatewayId: `igw-${suffix}` },
    nat: { NatGatewayId: `nat-${suffix}` },
    transit: { TransitGatewayId: `tgw-${suffix}` },
    none: undefined,
  }[table.way];
  return {
    RouteTableId: table.id,
    VpcId: table.vpc,
    OwnerId: table.owner,
    Associations: [{ Main: table.subnet === undefined, RouteTableId: table.id, SubnetId: table.subnet }],
    Routes: [
      { DestinationCidrBlock: table.subnet ? '10.0.0.0/16' : '172.31.0.0/16', GatewayId: 'local', State: 'active' },
      ...(target ? [{ DestinationCidrBlock: '0.0.0.0/0', ...target, State: 'active' }] : []),
    ],
    Tags: tagList(table.tags),
  };
}

/**
 * An account that a subnet is shared with sees the subnet and its route tables
 * (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html). It sees neither the endpoints of the VPC
 * (https://github.com/aws-containers/amazon-ecs-exec-checker/pull/29) nor the owner's security groups
 * (https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2255).
 */
const ownOf = <T extends { owner: string }>(all: T[], { account }: Caller): T[] =>
  all.filter(({ owner }) => owner === account);

export const networkActions = (world: World): Actions => ({
  DescribeSubnets: strict(
    'ec2:DescribeSubnets',
    `SubnetIds ${filters} ${page}`,
    (input: DescribeSubnetsRequest, caller) => describeSubnets(world, input, caller),
  ),
  DescribeSecurityGroups: strict(
    'ec2:DescribeSecurityGroups',
    `GroupIds ${filters} ${page}`,
    (input: DescribeSecurityGroupsRequest, caller) => describeSecurityGroups(world, input, caller),
  ),
  DescribeRouteTables: strict(
    'ec2:DescribeRouteTables',
    `${filters} ${page}`,
    (input: DescribeRouteTablesRequest, caller) => describeRouteTables(world, input, caller),
  ),
  DescribeVpcs: strict('ec2:DescribeVpcs', `${filters} ${page}`, (input: DescribeVpcsRequest, caller) =>
    describeVpcs(world, input, caller),
  ),
  DescribeVpcEndpoints: strict(
    'ec2:DescribeVpcEndpoints',
    `${filters} ${page}`,
    (input: DescribeVpcEndpointsRequest, caller) => describeVpcEndpoints(world, input, caller),
  ),
});

function describeSubnets(world: World, input: DescribeSubnetsRequest, caller: Caller) {
  const region = world.region(caller.region);
  const { subnets } = networkOf(world, region, caller.account);
  for (const id of input.SubnetIds ?? []) subnetById(world, region, caller.account, id);
  const asked = subnets.filter((subnet) => input.SubnetIds?.includes(subnet.id) ?? true);
  const limits = { min: 5, max: 1000, ids: input.SubnetIds };
  const { items, NextToken } = paginate(selectByFilters(asked, input.Filters, subnetFields), input, limits);
  const Subnets = items.map((subnet) => ({
    SubnetId: subnet.id,
    VpcId: subnet.vpc,
    OwnerId: subnet.owner,
    AvailabilityZone: subnet.zone,
    DefaultForAz: subnet.byDefault,
    MapPublicIpOnLaunch: subnet.publicIp,
    AssignIpv6AddressOnCreation: false,
    CidrBlock: subnet.cidr,
    AvailableIpAddressCount: freeAddresses(region, subnet),
    State: 'available',
    Tags: tagList(subnet.tags),
  }));
  return { Subnets, NextToken };
}

function describeSecurityGroups(world: World, input: DescribeSecurityGroupsRequest, caller: Caller) {
  const groups = ownOf(networkOf(world, world.region(caller.region), caller.account).groups, caller);
  for (const id of input.GroupIds ?? []) groupById(groups, id);
  const asked = groups.filter((group) => input.GroupIds?.includes(group.id) ?? true);
  const limits = { min: 5, max: 1000, ids: input.GroupIds };
  const { items, NextToken } = paginate(selectByFilters(asked, input.Filters, groupFields), input, limits);
  const SecurityGroups = items.map(({ id, vpc, owner, name, egress, ingress, tags }) => ({
    GroupId: id,
    GroupName: name,
    VpcId: vpc,
    OwnerId: owner,
    Description: name,
    IpPermissions: ingress === 'all' ? [everywhere] : [],
    IpPermissionsEgress: egress === 'all' ? [everywhere] : [],
    Tags: tagList(tags),
  }));
  return { SecurityGroups, NextToken };
}

function describeRouteTables(world: World, input: DescribeRouteTablesRequest, caller: Caller) {
  const { routeTables } = networkOf(world, world.region(caller.region), caller.account);
  const limits = { min: 5, max: 100 };
  const { items, NextToken } = paginate(selectByFilters(routeTables, input.Filters, tableFields), input, limits);
  return { RouteTables: items.map(describedTable), NextToken };
}

function describeVpcs(world: World, input: DescribeVpcsRequest, caller: Caller) {
  const { vpcs } = networkOf(world, world.region(caller.region), caller.account);
  const { items, NextToken } = paginate(selectByFilters(vpcs, input.Filters, vpcFields), input, { min: 5, max: 1000 });
  const Vpcs = items.map(({ id, owner, byDefault, tags }) => ({
    VpcId: id,
    OwnerId: owner,
    State: 'available',
    CidrBlock: byDefault ? '172.31.0.0/16' : '10.0.0.0/16',
    IsDefault: byDefault,
    Tags: tagList(tags),
  }));
  return { Vpcs, NextToken };
}

function describeVpcEndpoints(world: World, input: DescribeVpcEndpointsRequest, caller: Caller) {
  const { endpoints } = networkOf(world, world.region(caller.region), caller.account);
  const found = selectByFilters(ownOf(endpoints, caller), input.Filters, endpointFields(caller.region));
  const { items, NextToken } = paginate(found, input, { max: 1000 });
  const VpcEndpoints = items.map((endpoint) => ({
    VpcEndpointId: endpoint.id,
    VpcEndpointType: endpoint.service === 's3' ? 'Gateway' : 'Interface',
    VpcId: endpoint.vpc,
    ServiceName: serviceName(caller.region, endpoint),
    State: 'available',
    OwnerId: endpoint.owner,
    Tags: tagList(endpoint.tags),
  }));
  return { VpcEndpoints, NextToken };
}

/** Addresses that no instance uses. */
export const freeAddresses = (region: Region, { id, addresses }: Subnet): number =>
  addresses - [...region.instances.values()].filter((one) => one.subnet.id === id && one.state !== 'terminated').length;

export function subnetById(world: World, region: Region, account: string, id: string): Subnet {
  const subnet = networkOf(world, region, account).subnets.find((each) => each.id === id);
  if (!subnet) throw new ApiError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
  return subnet;
}

export function groupById(groups: SecurityGroup[], id: string): SecurityGroup {
  if (!/^sg-[0-9a-f]+$/.test(id))
    throw new ApiError('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`);
  const group = groups.find((each) => each.id === id);
  if (!group) throw new ApiError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
  return group;
}
