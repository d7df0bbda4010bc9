import type { DescribeSubnetsRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions } from '../actions.ts';
import { createRandom } from '../random.ts';
import { filters, page, strict } from '../strict.ts';
import type { Region, World } from '../world.ts';
import { select, type Fields } from './filters.ts';
import { paginate } from './pagination.ts';
import { tagList } from './tags.ts';

export interface Subnet {
  id: string;
  owner: string;
  vpc: string;
  zone: string;
  byDefault: boolean;
  cidr: string;
  tags: Map<string, string>;
}

const fields: Fields<Subnet> = {
  'subnet-id': (subnet) => subnet.id,
  'vpc-id': (subnet) => subnet.vpc,
  'availability-zone': (subnet) => subnet.zone,
  'default-for-az': (subnet) => String(subnet.byDefault),
  state: () => 'available',
};

export const subnetActions = (world: World): Actions => ({
  DescribeSubnets: strict(
    'ec2:DescribeSubnets',
    `SubnetIds ${filters} ${page}`,
    (input: DescribeSubnetsRequest, caller) => {
      const own = subnetsOf(world.region(caller.region), caller.account);
      for (const id of input.SubnetIds ?? []) subnetById(world.region(caller.region), caller.account, id);
      const asked = own.filter((subnet) => input.SubnetIds?.includes(subnet.id) ?? true);
      const { items, NextToken } = paginate(select(asked, input.Filters, fields), input, {
        min: 5,
        max: 1000,
        ids: input.SubnetIds,
      });
      const Subnets = items.map((subnet) => ({
        SubnetId: subnet.id,
        VpcId: subnet.vpc,
        OwnerId: subnet.owner,
        AvailabilityZone: subnet.zone,
        DefaultForAz: subnet.byDefault,
        MapPublicIpOnLaunch: subnet.byDefault,
        CidrBlock: subnet.cidr,
        AvailableIpAddressCount: 4091,
        State: 'available',
        Tags: tagList(subnet.tags),
      }));
      return { Subnets, NextToken };
    },
  ),
});

/** An account's subnets in a region; the default VPC's three exist in every account. */
export function subnetsOf(region: Region, account: string): Subnet[] {
  const own = () => [...region.subnets.values()].filter((subnet) => subnet.owner === account);
  if (!own().some((subnet) => subnet.byDefault)) {
    const vpc = `vpc-0${createRandom('vpc', region.name, account).hex(16)}`;
    for (const [index, zone] of ['a', 'b', 'c'].entries()) {
      const id = `subnet-0${createRandom('subnet', region.name, account, zone).hex(16)}`;
      const cidr = `172.31.${index * 16}.0/20`;
      region.subnets.set(id, {
        id,
        owner: account,
        vpc,
        zone: region.name + zone,
        byDefault: true,
        cidr,
        tags: new Map(),
      });
    }
  }
  return own();
}

export function subnetById(region: Region, account: string, id: string): Subnet {
  const subnet = subnetsOf(region, account).find((each) => each.id === id);
  if (!subnet) throw new ApiError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
  return subnet;
}
