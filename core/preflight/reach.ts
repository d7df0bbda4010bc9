import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import { secretsOfRecipe } from '../recipe/steps/secrets.ts';
import type { Facts, NetworkFacts, SubnetFacts } from './facts.ts';

// The agent needs ssm and either ssmmessages or, if that cannot be reached, ec2messages.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
const answersCalls = (services: string[]) => services.includes('ssm');
const deliversCommands = (services: string[]) => services.includes('ssmmessages') || services.includes('ec2messages');

// S3 and DynamoDB have gateway endpoints. A route to such an endpoint has a prefix list as its destination.
const isGatewayEndpoint = (to: string, via: string) => to.startsWith('pl-') && via.startsWith('vpce-');

/** The routes of a subnet. Undefined where AWS does not show its route table. */
function routesOf({ subnet, vpc }: SubnetFacts, { routeTables }: NetworkFacts) {
  const tables = (routeTables.found ?? []).filter((table) => table.vpc === vpc);
  const table = tables.find(({ subnets }) => subnets.includes(subnet)) ?? tables.find(({ main }) => main);
  return table?.routes;
}

/** The active routes that lead out of the VPC of a subnet. Undefined where AWS does not show them. */
const leadingOut = (subnet: SubnetFacts, network: NetworkFacts) =>
  routesOf(subnet, network)?.filter(({ to, via, active }) => active && via !== 'local' && !isGatewayEndpoint(to, via));

/** The services with an endpoint in the VPC of a subnet. Undefined where AWS does not show them. */
const endpointsOf = ({ vpc }: SubnetFacts, { endpoints }: NetworkFacts): string[] | undefined =>
  endpoints.found?.filter((one) => one.vpc === vpc).map(({ service }) => service);

/** Whether instances get out by these routes. An internet gateway needs a public address. */
const isWayOut = (leading: { via: string }[], { ipv6 }: SubnetFacts, publicIp: boolean): boolean =>
  leading.some(({ via }) => !via.startsWith('igw-')) || (leading.length > 0 && (publicIp || ipv6));

/**
 * Why a subnet cannot reach Systems Manager. Undefined where it can, or where the API does not tell. A route to anything but an
 * internet gateway or a gateway endpoint may lead there, since anything can be behind a transit gateway.
 * @param publicIp Whether the instances get a public address: the recipe decides, or else the subnet.
 */
function wayToSsm(subnet: SubnetFacts, network: NetworkFacts, publicIp = subnet.publicIp): string | undefined {
  const services = endpointsOf(subnet, network);
  const leading = leadingOut(subnet, network);
  if (!services || !leading || (answersCalls(services) && deliversCommands(services))) return undefined;
  if (isWayOut(leading, subnet, publicIp)) return undefined;

  const present = services.filter((service) => /^(ssm|ssmmessages|ec2messages)$/.test(service));
  const partly = present.length > 0 ? `; of the endpoints, ${subnet.vpc} has ${present.join(', ')} only` : '';
  return leading.length > 0
    ? `instances in ${subnet.subnet} get no public address, and the subnet's only way out is an internet gateway, so the SSM agent is never online${partly}; set builder.publicIp: true, name a subnet that assigns public addresses or one behind a NAT gateway, or make interface endpoints for ssm and ssmmessages`
    : `no route leads out of ${subnet.subnet}, so the SSM agent is never online${partly}; name a subnet with a route to a NAT or internet gateway, or make interface endpoints for ssm and ssmmessages in ${subnet.vpc}`;
}

type Builder = Recipe['builder'];
export type Known = Pick<Facts, 'account' | 'network' | 'region' | 'deploymentGroups'>;

export const subnetsPath = (index?: number) => ['builder', 'subnets', ...(index === undefined ? [] : [index])];

/** Subnets that cannot reach Systems Manager, as far as route tables and endpoints tell. */
function withoutWay({ subnets: named, publicIp }: Builder, network: NetworkFacts) {
  return (network.subnets.found ?? []).flatMap((subnet) => {
    const message = wayToSsm(subnet, network, publicIp);
    if (message === undefined) return [];
    const index = named.indexOf(subnet.subnet);
    return [{ ...subnet, path: subnetsPath(index < 0 ? undefined : index), message }];
  });
}

/**
 * DescribeVpcEndpoints does not list the endpoints of a VPC that another account shares, though instances there can use them:
 * https://github.com/aws-containers/amazon-ecs-exec-checker/pull/29. So only a subnet of this account is refused.
 */
export const routeProblems = (builder: Builder, { account, network }: Known): Problem[] =>
  withoutWay(builder, network).flatMap(({ owner, path, message }) => (owner === account ? [{ path, message }] : []));

/**
 * Subnets of this account from which a step can read its secrets only through a proxy. A note and not a problem, since variables of
 * the recipe, the user data or the source image may set a proxy. Parameters come by the way that the SSM agent has, too.
 */
export function secretRouteNotes({ builder, provision }: Recipe, { account, network }: Known): Problem[] {
  const steps = provision.filter((step) => step.if === undefined);
  const [secret] = secretsOfRecipe({ provision: steps }).filter((name) => name.startsWith('secret:'));
  if (secret === undefined) return [];
  return (network.subnets.found ?? []).flatMap((subnet) => {
    const services = endpointsOf(subnet, network);
    const leading = leadingOut(subnet, network);
    const { publicIp = subnet.publicIp, subnets: named } = builder;
    if (subnet.owner !== account || !services || !leading || services.includes('secretsmanager')) return [];
    if (isWayOut(leading, subnet, publicIp) || wayToSsm(subnet, network, publicIp)) return [];
    const index = named.indexOf(subnet.subnet);
    const message = `no route or endpoint leads from ${subnet.subnet} to Secrets Manager, so a step cannot read ${secret} without a proxy; unless one is set, make an interface endpoint for secretsmanager in ${subnet.vpc}, or keep the secret as a SecureString parameter`;
    return [{ path: subnetsPath(index < 0 ? undefined : index), message }];
  });
}

export function routeNotes(builder: Builder, { account, network }: Known): Problem[] {
  return withoutWay(builder, network).flatMap(({ owner, subnet, path }): Problem[] => {
    const message = `${subnet} is shared by account ${owner}, whose VPC endpoints AWS does not show here; no route leads from the subnet to Systems Manager, so the SSM agent is online only if that account has endpoints for ssm and ssmmessages there`;
    return owner === account ? [] : [{ path, message }];
  });
}
