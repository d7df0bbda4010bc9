import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type Filter,
} from '@aws-sdk/client-ec2';
import type { FoundNetwork } from '../../core/preflight/facts.ts';
import { chosenByTags, tagsInWords, type TaggedPart } from '../../core/launch/tagged-network.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import type { Tags } from '../../core/tags.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { fromTags } from '../tags.ts';
import { look } from './seen.ts';

const withTags = (tags: Tags): Filter[] =>
  Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }));
const inVpcs = (vpcs: string[] | undefined): Filter[] => (vpcs ? [{ Name: 'vpc-id', Values: vpcs }] : []);

async function vpcsWith(aws: Connection, tags: Tags): Promise<string[]> {
  const found = await ask({ action: 'ec2:DescribeVpcs', region: aws.region, about: tagsInWords(tags) }, () =>
    everyPage(
      (NextToken) =>
        aws.client(EC2Client).send(new DescribeVpcsCommand({ Filters: withTags(tags), MaxResults: 1000, NextToken })),
      ({ Vpcs }) => Vpcs,
    ),
  );
  return found.flatMap(({ VpcId }) => VpcId ?? []);
}

async function subnetsWith(aws: Connection, Filters: Filter[]): Promise<TaggedPart[]> {
  const found = await ask({ action: 'ec2:DescribeSubnets', region: aws.region }, () =>
    everyPage(
      (NextToken) => aws.client(EC2Client).send(new DescribeSubnetsCommand({ Filters, MaxResults: 1000, NextToken })),
      ({ Subnets }) => Subnets,
    ),
  );
  return found.map(({ SubnetId: id = '', VpcId: vpc = '', AvailabilityZone: zone = '', ...more }) => ({
    id,
    vpc,
    zone,
    freeAddresses: more.AvailableIpAddressCount ?? 0,
    tags: fromTags(more.Tags),
  }));
}

async function groupsWith(aws: Connection, Filters: Filter[]): Promise<TaggedPart[]> {
  const found = await ask({ action: 'ec2:DescribeSecurityGroups', region: aws.region }, () =>
    everyPage(
      (NextToken) =>
        aws.client(EC2Client).send(new DescribeSecurityGroupsCommand({ Filters, MaxResults: 1000, NextToken })),
      ({ SecurityGroups }) => SecurityGroups,
    ),
  );
  return found.map(({ GroupId: id = '', VpcId: vpc = '', Tags }) => ({ id, vpc, tags: fromTags(Tags) }));
}

/**
 * The subnets and security groups that a recipe names by tags. Groups are looked for in the VPC of the subnets.
 * @throws AwsTransient
 */
export async function networkByTags(aws: Connection, { builder }: Recipe): Promise<FoundNetwork> {
  const { network = {} } = builder;
  const found: FoundNetwork = { problems: [] };
  const seen = await look(async () => {
    let vpcs = network.vpc && (await vpcsWith(aws, network.vpc));
    if (network.vpc && vpcs?.length === 0) {
      const message = `no VPC of ${aws.region} has ${tagsInWords(network.vpc)}`;
      return void found.problems.push({ path: ['builder', 'network', 'vpc'], message });
    }
    for (const part of ['subnets', 'securityGroups'] as const) {
      const tags = network[part];
      if (!tags) continue;
      const describe = part === 'subnets' ? subnetsWith : groupsWith;
      const fitting = await describe(aws, [...withTags(tags), ...inVpcs(vpcs)]);
      const others = fitting.length > 0 ? [] : await describe(aws, inVpcs(vpcs));
      const chosen = chosenByTags(part, network, fitting, others, aws.region);
      if ('problem' in chosen) found.problems.push(chosen.problem);
      else found[part] = chosen.ids;
      if (part === 'subnets' && fitting[0]) vpcs = [fitting[0].vpc];
    }
  });
  if (seen.refused !== undefined)
    found.problems.push({ path: ['builder', 'network'], message: `could not be looked up: ${seen.refused}` });
  return found;
}
