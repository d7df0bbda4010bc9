import {
  CreateTagsCommand,
  DeregisterImageCommand,
  EC2Client,
  EnableImageDeprecationCommand,
  ListImagesInRecycleBinCommand,
} from '@aws-sdk/client-ec2';
import { keptTag } from '../../core/tags.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { describeImages } from './images.ts';

/** Deprecates an AMI from a moment on, which must not be past. Repeating it moves the date. */
export async function deprecateImage(aws: Connection, region: string, ami: string, at: Date): Promise<void> {
  await ask({ action: 'ec2:EnableImageDeprecation', region, about: ami }, () =>
    aws.client(EC2Client, region).send(new EnableImageDeprecationCommand({ ImageId: ami, DeprecateAt: at })),
  );
}

/**
 * Deregisters an AMI, with its snapshots if they are to go. An AMI that is already gone is no error.
 * @returns EC2's code for each snapshot that it was to delete, by id.
 */
export async function deregisterWithSnapshots(
  aws: Connection,
  region: string,
  ami: string,
  deletes: boolean,
): Promise<Record<string, string>> {
  const answer = await ask(
    { action: 'ec2:DeregisterImage', region, about: ami },
    () =>
      aws
        .client(EC2Client, region)
        .send(new DeregisterImageCommand({ ImageId: ami, ...(deletes && { DeleteAssociatedSnapshots: true }) })),
    { gone: () => undefined },
  );
  const codes = (answer?.DeleteSnapshotResults ?? []).map(({ SnapshotId = '', ReturnCode = '' }) => [
    SnapshotId,
    ReturnCode,
  ]);
  return Object.fromEntries(codes) as Record<string, string>;
}

/** The AMIs of this account that a snapshot belongs to, disabled ones too. */
export const imagesOfSnapshot = async (aws: Connection, region: string, snapshot: string): Promise<string[]> =>
  (
    await describeImages(aws, region, `images of ${snapshot}`, {
      Owners: ['self'],
      Filters: [{ Name: 'block-device-mapping.snapshot-id', Values: [snapshot] }],
      IncludeDisabled: true,
      MaxResults: 1000,
    })
  ).map(({ ami }) => ami);

/** Tags snapshots that stay although their AMI goes, so that the sweep spares them. */
export async function tagAsKept(aws: Connection, region: string, snapshots: string[], of: string): Promise<void> {
  await ask({ action: 'ec2:CreateTags', region, about: snapshots.join(', ') }, () =>
    aws
      .client(EC2Client, region)
      .send(new CreateTagsCommand({ Resources: snapshots, Tags: [{ Key: keptTag, Value: of }] })),
  );
}

/** Until when the Recycle Bin keeps an AMI, ISO 8601. Undefined if no rule kept it. */
export async function recycledUntil(aws: Connection, region: string, ami: string): Promise<string | undefined> {
  const { Images = [] } = await ask(
    { action: 'ec2:ListImagesInRecycleBin', region, about: ami },
    () => aws.client(EC2Client, region).send(new ListImagesInRecycleBinCommand({ ImageIds: [ami] })),
    { gone: () => ({ Images: [] }) },
  );
  return Images[0]?.RecycleBinExitTime?.toISOString();
}
