import { createRandom } from '../../../random.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import type { Way, Subnet, RouteTable, Network } from '../../state/network.ts';

/** The account's networks in a region: the default VPC with its three subnets, with the scenario's additions and removals. */
export function networkOf(world: World, region: Region, account: string): Network {
  const known = region.networks.get(account);
  if (known) return known;
  const network: Network = { vpcs: [], subnets: [], groups: [], routeTables: [], endpoints: [] };
  region.networks.set(account, network);
  const { defaultVpc, defaultGroup, vpcs, subnets, securityGroups, endpoints } = world.network;
  const made = { owner: account, tags: new Map<string, string>() };
  const id = (prefix: string, of: string) => `${prefix}-0${createRandom(prefix, region.name, account, of).hex(16)}`;
  const ownerOf = (vpc: string) => ({ owner: subnets.find((one) => one.vpc === vpc)?.sharedBy ?? account });
  // Tags of a shared VPC and of what is in it are not shared: docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html
  const tagged = (vpc: string, tags: Record<string, string> = {}) => ({
    ...ownerOf(vpc),
    tags: new Map(ownerOf(vpc).owner === account ? Object.entries(tags) : []),
  });
  const addVpc = (vpc: string, way: Way) => {
    const tags = vpcs.find((one) => one.id === vpc)?.tags;
    network.vpcs.push({ id: vpc, byDefault: vpc === home, ...tagged(vpc, tags) });
    const group = vpc === home ? 'sg-0de1fa0170de1fa01' : id('sg', vpc);
    network.groups.push({
      ...made,
      ...ownerOf(vpc),
      id: group,
      vpc,
      name: 'default',
      egress: defaultGroup === 'empty' ? 'none' : 'all',
      // EC2's default group lets its members in. Here it stands for the group of the stack, which lets nothing in.
      ingress: 'none',
    });
    network.routeTables.push({ ...made, ...ownerOf(vpc), id: id('rtb', vpc), vpc, way });
  };
  const home = `vpc-0${createRandom('vpc', region.name, account).hex(16)}`;
  if (defaultVpc !== 'absent') addVpc(home, 'internet');
  if (defaultVpc === 'present') {
    for (const [index, zone] of ['a', 'b', 'c'].entries()) {
      const subnet = id('subnet', zone);
      const cidr = `172.31.${index * 16}.0/20`;
      const place = { vpc: home, zone: region.name + zone, byDefault: true, cidr };
      network.subnets.push({ ...made, id: subnet, ...place, publicIp: true, addresses: 4091 });
    }
  }
  for (const { id: subnet, vpc, zone, route, publicIp, freeAddresses, tags } of subnets) {
    if (network.subnets.some((one) => one.id === subnet)) continue;
    if (!network.groups.some((group) => group.vpc === vpc)) addVpc(vpc, 'none');
    const place = { ...tagged(vpc, tags), vpc, zone: region.name + zone, byDefault: false, cidr: '10.0.0.0/20' };
    network.subnets.push({ ...made, id: subnet, ...place, publicIp, addresses: freeAddresses });
    network.routeTables.push({ ...made, ...ownerOf(vpc), id: id('rtb', subnet), vpc, subnet, way: route });
  }
  for (const { id: group, vpc = home, egress, ingress, tags } of securityGroups)
    if (!network.groups.some((one) => one.id === group)) {
      const rules = { egress, ingress };
      network.groups.push({ ...made, tags: new Map(Object.entries(tags)), id: group, vpc, name: group, ...rules });
    }
  for (const { vpc, service } of endpoints)
    network.endpoints.push({ ...made, ...ownerOf(vpc), id: id('vpce', `${vpc} ${service}`), vpc, service });
  return network;
}

const routeTableOf = ({ routeTables }: Network, { id, vpc }: Subnet): RouteTable | undefined =>
  routeTables.find(({ subnet }) => subnet === id) ??
  routeTables.find((table) => table.vpc === vpc && table.subnet === undefined);

/**
 * Whether an instance in a subnet can reach an AWS service. The simulator assumes the internet behind a transit gateway. An
 * internet gateway serves public addresses only:
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
 */
export function reaches(
  network: Network,
  { subnet, groups, publicIp }: { subnet: Subnet; groups: string[]; publicIp: boolean },
  service: string,
): boolean {
  const out = network.groups.some(({ id, egress }) => groups.includes(id) && egress === 'all');
  const way = routeTableOf(network, subnet)?.way ?? 'none';
  const routed = way === 'nat' || way === 'transit' || (way === 'internet' && publicIp);
  return out && (routed || network.endpoints.some((one) => one.vpc === subnet.vpc && one.service === service));
}
