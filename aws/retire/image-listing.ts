import { Failure } from '../../core/errors.ts';
import type { AmiDescription } from '../../core/launch/source.ts';
import type { RetiringAmi } from '../../core/retire/retiring.ts';
import type { Connection } from '../connection.ts';
import { describeImages } from '../images/images.ts';
import { readParametersBelow } from '../parameters.ts';
import { enabledRegions } from '../undo/inventory.ts';

/** What listImages calls. */
export const listingImagesPermissions = ['ec2:DescribeImages', 'ec2:DescribeRegions', 'ssm:GetParametersByPath'];

/** All AMIs of an account that carry our tags, and what the channels hold, in every region. */
export interface ImageListing {
  images: AmiDescription[];
  /** The parameters below the deployment's root, with their values. */
  parameters: { region: string; name: string; value: string }[];
  regions: string[];
  notLooked: { region: string; reason: string }[];
}

/** An AMI as the decision about its build sees it. */
export const retiringAmi = ({
  region,
  ami,
  state,
  deprecatedAt,
  isProtected,
  bundle,
  disks,
}: AmiDescription): RetiringAmi => ({
  region,
  ami,
  state,
  ...(deprecatedAt !== undefined && { deprecatedAt }),
  ...(isProtected && { isProtected }),
  ...(bundle !== undefined && { bundle }),
  snapshots: disks.flatMap(({ snapshot, sizeGiB = 0 }) => (snapshot === undefined ? [] : [{ snapshot, gib: sizeGiB }])),
});

/** AMIs of this account that carry our tags, disabled ones too. */
const taggedImages = (aws: Connection, region: string): Promise<AmiDescription[]> =>
  describeImages(aws, region, 'images of ours', {
    Owners: ['self'],
    Filters: [{ Name: 'tag-key', Values: ['golden:build'] }],
    IncludeDisabled: true,
    MaxResults: 1000,
  });

/**
 * Lists the images of all regions that are enabled or used. A region that AWS refuses to show is part of the answer, since builds
 * that have an image there stay.
 * @throws AwsTransient if AWS has no time for a region that recipes use.
 */
export async function listImages(aws: Connection, root: string, used: string[]): Promise<ImageListing> {
  const regions = [...new Set([...used, ...(await enabledRegions(aws))])].toSorted();
  const listing: ImageListing = { images: [], parameters: [], regions: [], notLooked: [] };
  await Promise.all(
    regions.map(async (region) => {
      try {
        const images = await taggedImages(aws, region);
        const below = images.length === 0 ? [] : await readParametersBelow(aws, region, root);
        listing.images.push(...images);
        listing.parameters.push(...below.map((one) => ({ region, ...one })));
        listing.regions.push(region);
      } catch (error) {
        if (!(error instanceof Failure) || (error.name === 'AwsTransient' && used.includes(region))) throw error;
        listing.notLooked.push({ region, reason: error.message });
      }
    }),
  );
  return { ...listing, regions: listing.regions.toSorted() };
}
