import { DescribeInstancesCommand, DisableImageCommand, EC2Client, EnableImageCommand } from '@aws-sdk/client-ec2';
import type { AmiDescription } from '../../core/launch/source.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { describeImages } from './images.ts';

/** Makes an AMI unusable and takes all its launch permissions. Its instances run on. EC2 does not say whether this may be repeated. */
export async function disableImage(aws: Connection, region: string, ami: string): Promise<void> {
  await ask({ action: 'ec2:DisableImage', region, about: ami }, () =>
    aws.client(EC2Client, region).send(new DisableImageCommand({ ImageId: ami })),
  );
}

/** Makes a disabled AMI usable again. EC2 does not give its launch permissions back. */
export async function enableImage(aws: Connection, region: string, ami: string): Promise<void> {
  await ask({ action: 'ec2:EnableImage', region, about: ami }, () =>
    aws.client(EC2Client, region).send(new EnableImageCommand({ ImageId: ami })),
  );
}

/** Instances of this account that were launched from an AMI and still exist. */
export async function instancesOf(aws: Connection, region: string, ami: string): Promise<string[]> {
  const ec2 = aws.client(EC2Client, region);
  const Filters = [
    { Name: 'image-id', Values: [ami] },
    { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
  ];
  const reservations = await ask({ action: 'ec2:DescribeInstances', region, about: `instances of ${ami}` }, () =>
    everyPage(
      (NextToken) => ec2.send(new DescribeInstancesCommand({ Filters, MaxResults: 1000, NextToken })),
      ({ Reservations }) => Reservations,
    ),
  );
  return reservations.flatMap(({ Instances = [] }) => Instances.flatMap(({ InstanceId }) => InstanceId ?? []));
}

/** One AMI by its id, even a disabled one. */
export const describeAnyImage = async (
  aws: Connection,
  region: string,
  ami: string,
): Promise<AmiDescription | undefined> =>
  (await describeImages(aws, region, ami, { ImageIds: [ami], IncludeDisabled: true }))[0];
