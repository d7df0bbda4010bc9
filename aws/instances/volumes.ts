import { DeleteVolumeCommand, DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { BuildIdentity } from '../../core/tags.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { filtersOf } from '../tags.ts';

export interface VolumeDescription {
  volume: string;
  /** creating | available | in-use | deleting | deleted | error */
  state: string;
  /** What it is attached to. */
  instance?: string | undefined;
}

export async function findVolumes(aws: Connection, identity: BuildIdentity): Promise<VolumeDescription[]> {
  const ec2 = aws.client(EC2Client);
  const about = `${identity.recipe} ${identity.build}`;
  const volumes = await ask({ action: 'ec2:DescribeVolumes', region: aws.region, about }, () =>
    everyPage(
      (NextToken) => ec2.send(new DescribeVolumesCommand({ Filters: filtersOf(identity), MaxResults: 500, NextToken })),
      ({ Volumes }) => Volumes,
    ),
  );
  return volumes.map(({ VolumeId = '', State = 'error', Attachments }) => ({
    volume: VolumeId,
    state: State,
    instance: Attachments?.[0]?.InstanceId,
  }));
}

/** Deletes a volume. A volume that is already gone is no error. */
export async function deleteVolume(aws: Connection, volume: string, region = aws.region): Promise<void> {
  await ask(
    { action: 'ec2:DeleteVolume', region, about: volume },
    () => aws.client(EC2Client, region).send(new DeleteVolumeCommand({ VolumeId: volume })),
    { gone: () => undefined },
  );
}
