import { DescribeImageAttributeCommand, EC2Client, GetImageAncestryCommand } from '@aws-sdk/client-ec2';
import { childrenOfStrangers, parentsIn, type Family, type Ancestry } from '../../core/usage/family.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { findAllOwnImages } from '../images/own-images.ts';

/**
 * The line of an AMI back to its first one. EC2 remembers AMIs that are gone, and ends at a vendor's public AMI, at an AMI that
 * was registered from snapshots, at another partition, or after 50 AMIs.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-ancestry.html
 */
export async function ancestryOf(aws: Connection, region: string, ami: string): Promise<Ancestry> {
  const { ImageAncestryEntries = [] } = await ask({ action: 'ec2:GetImageAncestry', region, about: ami }, () =>
    aws.client(EC2Client, region).send(new GetImageAncestryCommand({ ImageId: ami })),
  );
  return ImageAncestryEntries.map(
    ({ ImageId = '', SourceImageId, SourceImageRegion, CreationDate, ImageOwnerAlias }) => ({
      ami: ImageId,
      ...(SourceImageId !== undefined && { madeFrom: { ami: SourceImageId, region: SourceImageRegion ?? region } }),
      ...(CreationDate && { createdAt: CreationDate.toISOString() }),
      ...(ImageOwnerAlias !== undefined && { ownerAlias: ImageOwnerAlias }),
    }),
  );
}

/** All AMIs of the account in these regions, with their parents. Where a parent is no AMI of the account, EC2 is asked for the line. */
export async function readFamily(aws: Connection, regions: string[]): Promise<Family> {
  const listed = await Promise.all([...new Set(regions)].map((region) => findAllOwnImages(aws, region)));
  const members = listed.flat();
  const lines = await Promise.all(
    childrenOfStrangers(members).map(async (child) => parentsIn(child, await ancestryOf(aws, child.region, child.ami))),
  );
  return { members, beyond: Object.assign({}, ...lines) as Family['beyond'] };
}

const lagMs = 86_400_000;

/**
 * When anybody last launched an AMI of this account. EC2 tells of a launch 24 hours later.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-last-launched-time.html
 */
export async function lastLaunch(
  aws: Connection,
  region: string,
  ami: string,
  now: Date,
): Promise<{ last?: string; until: string }> {
  const { LastLaunchedTime } = await ask({ action: 'ec2:DescribeImageAttribute', region, about: ami }, () =>
    aws
      .client(EC2Client, region)
      .send(new DescribeImageAttributeCommand({ ImageId: ami, Attribute: 'lastLaunchedTime' })),
  );
  const last = LastLaunchedTime?.Value;
  return { ...(last !== undefined && { last }), until: new Date(now.getTime() - lagMs).toISOString() };
}
