import type { DescribeRegionsRequest } from '@aws-sdk/client-ec2';
import { knownRegions, partitionOf } from '../../core/regions.ts';
import type { Actions } from '../actions.ts';
import { strict } from '../strict.ts';

// The regions that an account of the partition `aws` has without asking for them.
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
const fromTheStart = new Set(
  'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2'.split(
    ' ',
  ),
);

/** Accounts here have opted in to nothing; calls in other regions are not refused all the same. */
export const regionActions = (): Actions => ({
  DescribeRegions: strict('ec2:DescribeRegions', '', (_input: DescribeRegionsRequest, { region }) => ({
    Regions: knownRegions
      .filter((name) => partitionOf(name) === partitionOf(region))
      .filter((name) => partitionOf(name) !== 'aws' || fromTheStart.has(name))
      .map((RegionName) => ({
        RegionName,
        Endpoint: `ec2.${RegionName}.amazonaws.com`,
        OptInStatus: 'opt-in-not-required',
      })),
  })),
});
