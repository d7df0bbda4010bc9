import {
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import type { Thing } from '../core/sweep/estate.ts';
import { ask, everyPage } from './errors.ts';
import type { Connection } from './connection.ts';
import { fromTags } from './tags.ts';

// Finds everything that carries our tags, of any build.
const Filters = [{ Name: 'tag-key', Values: ['golden:build'] }];

export async function findTaggedInstances(aws: Connection, region: string): Promise<Thing[]> {
  const ec2 = aws.client(EC2Client, region);
  const reservations = await ask({ action: 'ec2:DescribeInstances', region }, () =>
    everyPage(
      (NextToken) => ec2.send(new DescribeInstancesCommand({ Filters, MaxResults: 1000, NextToken })),
      (page) => page.Reservations,
    ),
  );
  return reservations.flatMap(({ OwnerId = '', Instances = [] }) =>
    Instances.map(({ InstanceId = '', State, LaunchTime, Tags }) => ({
      kind: 'instance',
      id: InstanceId,
      region,
      owner: OwnerId,
      state: State?.Name ?? 'unknown',
      createdAt: LaunchTime?.toISOString() ?? '',
      tags: fromTags(Tags),
      snapshots: [],
    })),
  );
}

/** @param account Owner of the volumes: EC2 lists only the account's own volumes and does not name their owner. */
export async function findTaggedVolumes(aws: Connection, region: string, account: string): Promise<Thing[]> {
  const ec2 = aws.client(EC2Client, region);
  const volumes = await ask({ action: 'ec2:DescribeVolumes', region }, () =>
    everyPage(
      (NextToken) => ec2.send(new DescribeVolumesCommand({ Filters, MaxResults: 500, NextToken })),
      (page) => page.Volumes,
    ),
  );
  return volumes.map(({ VolumeId = '', State = 'error', CreateTime, Tags }) => ({
    kind: 'volume',
    id: VolumeId,
    region,
    owner: account,
    state: State,
    createdAt: CreateTime?.toISOString() ?? '',
    tags: fromTags(Tags),
    snapshots: [],
  }));
}

export async function findTaggedSnapshots(aws: Connection, region: string): Promise<Thing[]> {
  const ec2 = aws.client(EC2Client, region);
  const snapshots = await ask({ action: 'ec2:DescribeSnapshots', region }, () =>
    everyPage(
      (NextToken) =>
        ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters, MaxResults: 1000, NextToken })),
      (page) => page.Snapshots,
    ),
  );
  return snapshots.map(({ SnapshotId = '', OwnerId = '', State = 'error', StartTime, Tags }) => ({
    kind: 'snapshot',
    id: SnapshotId,
    region,
    owner: OwnerId,
    state: State,
    createdAt: StartTime?.toISOString() ?? '',
    tags: fromTags(Tags),
    snapshots: [],
  }));
}
