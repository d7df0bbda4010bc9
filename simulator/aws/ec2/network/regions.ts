import type { DescribeRegionsRequest } from '@aws-sdk/client-ec2';
import { knownRegions, partitionOf } from '../../../../core/recipe/regions.ts';
import { ApiError, type Actions } from '../../calls/actions.ts';
import { strict } from '../../calls/strict.ts';
import type { World } from '../../state/world.ts';

// The regions that are enabled by default in the partition `aws`.
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
const fromTheStart = new Set(
  'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2'.split(
    ' ',
  ),
);

const optional = (region: string) => partitionOf(region) === 'aws' && !fromTheStart.has(region);

/** Whether the account may call AWS in a region. An opt-in region is off until the account enables it. */
const isEnabled = ({ optedIn }: Pick<World, 'optedIn'>, region: string): boolean =>
  !optional(region) || optedIn.has(region);

/**
 * Refuses a call in a region that is off. EC2 answers AuthFailure, and SSM UnrecognizedClientException.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (AuthFailure, OptInRequired)
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
export function refuseWhereOff(world: World, service: string, region: string): void {
  if (isEnabled(world, region)) return;
  if (service === 'ec2')
    throw new ApiError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
  throw new ApiError('UnrecognizedClientException', 'The security token included in the request is invalid.', 400);
}

export const regionActions = (world: World): Actions => ({
  DescribeRegions: strict(
    'ec2:DescribeRegions',
    'AllRegions',
    ({ AllRegions }: DescribeRegionsRequest, { region }) => ({
      Regions: knownRegions
        .filter((name) => partitionOf(name) === partitionOf(region))
        .filter((name) => AllRegions || isEnabled(world, name))
        .map((RegionName) => ({
          RegionName,
          Endpoint: `ec2.${RegionName}.amazonaws.com`,
          OptInStatus: !optional(RegionName)
            ? 'opt-in-not-required'
            : isEnabled(world, RegionName)
              ? 'opted-in'
              : 'not-opted-in',
        })),
    }),
  ),
});
