import {
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  type Route,
} from '@aws-sdk/client-ec2';
import type {
  EndpointFacts,
  FoundNetwork,
  NetworkFacts,
  RouteTableFacts,
  SubnetFacts,
} from '../../core/preflight/facts.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { describeGroups, where } from '../instances/security-groups.ts';
import { look } from './seen.ts';

/** The actions that lookAtNetwork calls. */
export const networkPermissions = [
  'ec2:DescribeRouteTables',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeVpcs',
];

// Filters name the subnets and groups, so that missing ones are left out and do not fail the call.
/** Subnets by their ids, or those of the default VPC. */
async function describeSubnets(aws: Connection, ids: string[]): Promise<SubnetFacts[]> {
  const Filters = [ids.length > 0 ? where('subnet-id', ids) : where('default-for-az', ['true'])];
  const found = await ask({ action: 'ec2:DescribeSubnets', region: aws.region, about: ids.join(', ') }, () =>
    everyPage(
      (NextToken) => aws.client(EC2Client).send(new DescribeSubnetsCommand({ Filters, MaxResults: 1000, NextToken })),
      ({ Subnets }) => Subnets,
    ),
  );
  return found.map(({ SubnetId = '', VpcId = '', OwnerId = '', AvailableIpAddressCount = 0, ...subnet }) => ({
    zone: subnet.AvailabilityZone ?? '',
    subnet: SubnetId,
    vpc: VpcId,
    owner: OwnerId,
    freeAddresses: AvailableIpAddressCount,
    publicIp: subnet.MapPublicIpOnLaunch ?? false,
    ipv6: subnet.AssignIpv6AddressOnCreation ?? false,
  }));
}

const targetOf = (route: Route): string =>
  route.GatewayId ??
  route.NatGatewayId ??
  route.TransitGatewayId ??
  route.NetworkInterfaceId ??
  route.VpcPeeringConnectionId ??
  'another way';

async function describeRouteTables(aws: Connection, vpcs: string[]): Promise<RouteTableFacts[]> {
  const Filters = [where('vpc-id', vpcs)];
  const found = await ask({ action: 'ec2:DescribeRouteTables', region: aws.region, about: vpcs.join(', ') }, () =>
    everyPage(
      (NextToken) =>
        aws.client(EC2Client).send(new DescribeRouteTablesCommand({ Filters, MaxResults: 100, NextToken })),
      ({ RouteTables }) => RouteTables,
    ),
  );
  return found.map(({ VpcId = '', Associations = [], Routes = [] }) => ({
    vpc: VpcId,
    main: Associations.some(({ Main }) => Main),
    subnets: Associations.flatMap(({ SubnetId }) => SubnetId ?? []),
    routes: Routes.map((route) => ({
      to: route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? '',
      via: targetOf(route),
      active: route.State === 'active',
    })),
  }));
}

async function describeEndpoints(aws: Connection, vpcs: string[]): Promise<EndpointFacts[]> {
  const Filters = [where('vpc-id', vpcs), where('vpc-endpoint-state', ['available'])];
  const found = await ask({ action: 'ec2:DescribeVpcEndpoints', region: aws.region, about: vpcs.join(', ') }, () =>
    everyPage(
      (NextToken) =>
        aws.client(EC2Client).send(new DescribeVpcEndpointsCommand({ Filters, MaxResults: 1000, NextToken })),
      ({ VpcEndpoints }) => VpcEndpoints,
    ),
  );
  return found.map(({ VpcId = '', ServiceName = '' }) => ({
    vpc: VpcId,
    service: ServiceName.split('.').at(-1) ?? '',
  }));
}

/** The subnets and groups of a recipe's instances, and where their routes and rules lead. `deploymentGroups`: for held instances. */
export async function lookAtNetwork(
  aws: Connection,
  { builder, onFailure }: Recipe,
  deploymentGroups: string[],
): Promise<NetworkFacts> {
  const subnets = await look(() => describeSubnets(aws, builder.subnets));
  const vpcs = [...new Set((subnets.found ?? []).map(({ vpc }) => vpc))];
  const inVpcs = <T>(work: () => Promise<T[]>) => (vpcs.length > 0 ? look(work) : { found: [] });
  const named = builder.securityGroups.length > 0;
  const holds = onFailure === 'hold';
  const others = holds ? deploymentGroups.filter((group) => !builder.securityGroups.includes(group)) : [];
  const [groups, forHolds, routeTables, endpoints] = await Promise.all([
    named || vpcs.length > 0 ? look(() => describeGroups(aws, builder.securityGroups, vpcs)) : { found: [] },
    others.length > 0 ? look(() => describeGroups(aws, others)) : { found: [] },
    inVpcs(() => describeRouteTables(aws, vpcs)),
    inVpcs(() => describeEndpoints(aws, vpcs)),
  ]);
  return { subnets, groups, ...(holds && { forHolds }), routeTables, endpoints };
}

/** The subnets and groups that a recipe names by tags. Loaded only for such a recipe. @throws AwsTransient */
export const findByTags = async (aws: Connection, recipe: Recipe): Promise<FoundNetwork> =>
  recipe.builder.network ? (await import('./tagged-network.ts')).networkByTags(aws, recipe) : { problems: [] };
