import { DescribeImagesCommand, EC2Client, type DescribeImagesCommandInput } from '@aws-sdk/client-ec2';
import { readyImage, type ReadyImage } from '../../core/distribute/lasting.ts';
import { imagesIn } from '../../core/distribute/distribution.ts';
import type { Place } from '../../core/distribute/place.ts';
import { Failure, type FailureName } from '../../core/errors.ts';
import { snapshotsOf, type AmiDescription } from '../../core/launch/source.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { filtersOf } from '../tags.ts';
import { amiDescription } from './ami-description.ts';

/** The images that a request of DescribeImages finds, on all pages. @param about Says in a failure what was looked for. */
export async function describeImages(
  aws: Connection,
  region: string,
  about: string,
  input: DescribeImagesCommandInput,
): Promise<AmiDescription[]> {
  const ec2 = aws.client(EC2Client, region);
  const images = await ask(
    { action: 'ec2:DescribeImages', region, about },
    () =>
      everyPage(
        (NextToken) => ec2.send(new DescribeImagesCommand({ ...input, NextToken })),
        ({ Images }) => Images,
      ),
    { gone: () => [], answer: () => [] },
  );
  return images.map((image) => amiDescription(region, image));
}

/** One AMI by its id; undefined while EC2 does not know it yet, or any more. EC2 takes no MaxResults beside ids. */
export async function describeImage(aws: Connection, region: string, ami: string): Promise<AmiDescription | undefined> {
  return (await describeImages(aws, region, ami, { ImageIds: [ami] }))[0];
}

// A fresh AMI id can be unknown to DescribeImages for minutes: EC2 is eventually consistent.
const graceSeconds = 300;

/** `ready` is absent if the image has too many disks to hand on: see readyImage. */
export interface AvailableImage {
  ami: string;
  snapshots: string[];
  ready?: ReadyImage;
}

/**
 * Whether an AMI is available, or its progress in words.
 * @throws the named failure if EC2 gave up on the AMI.
 */
export async function lookAtImage(
  aws: Connection,
  region: string,
  ami: string,
  failure: Extract<FailureName, 'ImageFailed' | 'CopyFailed'>,
  waitedSeconds: number,
): Promise<{ done: AvailableImage } | { waiting: string }> {
  const image = await describeImage(aws, region, ami);
  if (!image && waitedSeconds < graceSeconds) return { waiting: `EC2 does not know ${ami} in ${region} yet` };
  if (image?.state === 'available') {
    const snapshots = snapshotsOf(image);
    if (snapshots.length < image.disks.length) return { waiting: `EC2 does not show all snapshots of ${ami} yet` };
    const ready = readyImage(image);
    return { done: { ami, snapshots, ...(ready && { ready }) } };
  }
  if (image?.state === 'pending') return { waiting: `${ami} in ${region} is pending` };
  const state = image
    ? `is ${image.state}: ${image.stateReason ?? 'EC2 gives no reason'}`
    : 'is not known to EC2 any more';
  throw new Failure(failure, `${ami} in ${region} ${state}`);
}

/** At most 200 AMIs by their ids. EC2 leaves out those that it does not know. */
export const imagesOf = (aws: Connection, region: string, amis: string[]): Promise<AmiDescription[]> =>
  describeImages(aws, region, `${amis.length} AMIs`, { Filters: [{ Name: 'image-id', Values: amis }] });

/** AMIs of a build in a region, in any state. */
export const findBuildImages = (aws: Connection, region: string, identity: BuildIdentity): Promise<AmiDescription[]> =>
  describeImages(aws, region, `${identity.recipe} ${identity.build}`, {
    Owners: ['self'],
    Filters: filtersOf(identity),
    MaxResults: 1000,
  });

/** AMIs of a build in one place, in any state. */
export const findImagesIn = async (aws: Connection, place: Place, identity: BuildIdentity): Promise<AmiDescription[]> =>
  imagesIn(await findBuildImages(aws, place.region, identity), place);

/**
 * Available AMIs of one owner whose names match a pattern. No look-up goes without an owner. EC2 omits other owners' deprecated
 * images unless the call asks for them.
 */
export const findImages = (
  aws: Connection,
  owner: string,
  { name, architecture }: { name: string; architecture?: string | undefined },
  { deprecatedToo = false }: { deprecatedToo?: boolean } = {},
): Promise<AmiDescription[]> =>
  describeImages(aws, aws.region, `${name} of ${owner}`, {
    Owners: [owner],
    Filters: [
      { Name: 'name', Values: [name] },
      { Name: 'state', Values: ['available'] },
      ...(architecture ? [{ Name: 'architecture', Values: [architecture] }] : []),
    ],
    ...(deprecatedToo && { IncludeDeprecated: true }),
    MaxResults: 1000,
  });
