import { DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { keptTag } from '../../core/tags.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { fromTags } from '../tags.ts';

/** A snapshot that stayed when its AMI was deregistered. */
export interface KeptSnapshot {
  region: string;
  snapshot: string;
  recipe: string;
  build: string;
  /** The AMI that it belonged to. */
  ami: string;
  gib: number;
  /** ISO 8601. */
  startedAt: string;
}

/** The kept snapshots of this account in a region. */
export async function keptSnapshots(aws: Connection, region: string): Promise<KeptSnapshot[]> {
  const ec2 = aws.client(EC2Client, region);
  const Filters = [{ Name: 'tag-key', Values: [keptTag] }];
  const found = await ask({ action: 'ec2:DescribeSnapshots', region, about: keptTag }, () =>
    everyPage(
      (NextToken) =>
        ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters, MaxResults: 1000, NextToken })),
      ({ Snapshots }) => Snapshots,
    ),
  );
  return found.map(({ SnapshotId = '', VolumeSize = 0, StartTime, Tags }) => {
    const { 'golden:recipe': recipe = '', 'golden:build': build = '', [keptTag]: ami = '' } = fromTags(Tags);
    return {
      region,
      snapshot: SnapshotId,
      recipe,
      build,
      ami,
      gib: VolumeSize,
      startedAt: StartTime?.toISOString() ?? '',
    };
  });
}
