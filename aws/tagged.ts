import {
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { snapshotsOf, type AmiDescription } from '../core/launch/source.ts';
import type { BuildIdentity } from '../core/tags.ts';
import type { Thing } from '../core/undo/things.ts';
import { ask, everyPage } from './errors.ts';
import type { Connection } from './connection.ts';
import { filtersOf, fromTags } from './tags.ts';

/** Selects what one build made. Without a build: everything that carries our tags. */
const selecting = (build?: BuildIdentity) => ({
  Filters: build ? filtersOf(build) : [{ Name: 'tag-key', Values: ['golden:build'] }],
  about: build && `${build.recipe} ${build.build}`,
});

export async function findTaggedInstances(aws: Connection, region: string, build?: BuildIdentity): Promise<Thing[]> {
  const ec2 = aws.client(EC2Client, region);
  const { Filters, about } = selecting(build);
  const reservations = await ask({ action: 'ec2:DescribeInstances', region, about }, () =>
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
export async function findTaggedVolumes(
  aws: Connection,
  region: string,
  account: string,
  build?: BuildIdentity,
): Promise<Thing[]> {
  const ec2 = aws.client(EC2Client, region);
  const { Filters, about } = selecting(build);
  const volumes = await ask({ action: 'ec2:DescribeVolumes', region, about }, () =>
    everyPage(
      (NextToken) => ec2.send(new DescribeVolumesCommand({ Filters, MaxResults: 500, NextToken })),
      (page) => page.Volumes,
    ),
  );
  return volumes.map(({ VolumeId = '', State = 'error', CreateTime, Tags, Attachments }) => ({
    kind: 'volume',
    id: VolumeId,
    region,
    owner: account,
    state: State,
    createdAt: CreateTime?.toISOString() ?? '',
    tags: fromTags(Tags),
    snapshots: [],
    instance: Attachments?.[0]?.InstanceId,
  }));
}

export async function findTaggedSnapshots(aws: Connection, region: string, build?: BuildIdentity): Promise<Thing[]> {
  const ec2 = aws.client(EC2Client, region);
  const { Filters, about } = selecting(build);
  const snapshots = await ask({ action: 'ec2:DescribeSnapshots', region, about }, () =>
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

export const imageThing = ({
  ami,
  region,
  owner,
  state,
  createdAt,
  tags,
  disks,
  watermarks,
}: AmiDescription): Thing => ({
  kind: 'image',
  id: ami,
  region,
  owner,
  state,
  createdAt,
  tags,
  snapshots: snapshotsOf({ disks }),
  ...(watermarks && { watermarks }),
});
