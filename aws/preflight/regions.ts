import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { RegionFacts } from '../../core/preflight/facts.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** Every region of the partition, and whether the account has enabled it. */
export async function describeRegions(aws: Connection): Promise<RegionFacts[]> {
  const answer = await ask({ action: 'ec2:DescribeRegions', region: aws.region }, () =>
    aws.client(EC2Client).send(new DescribeRegionsCommand({ AllRegions: true })),
  );
  return (answer.Regions ?? []).map(({ RegionName = '', OptInStatus }) => ({
    region: RegionName,
    enabled: OptInStatus !== 'not-opted-in',
  }));
}
