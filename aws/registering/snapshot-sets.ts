import { CopySnapshotCommand, CreateSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { Failure } from '../../core/errors.ts';
import type { Tags } from '../../core/tags.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { tagSpecifications } from '../tags.ts';
import { ownSnapshots } from '../images/snapshots.ts';

interface SetRequest {
  instance: string;
  /** Data volumes of the instance without a snapshot. */
  without: string[];
  description: string;
  tags: Tags;
}

interface CopiedSnapshot {
  snapshot: string;
  encrypted: boolean;
  kmsKey?: string | undefined;
}

/**
 * Makes a snapshot of each volume of an instance, all of one moment. CreateSnapshots has no token, so this makes one request: the
 * caller looks for the snapshots before it asks again.
 */
export async function createSnapshots(
  aws: Connection,
  { instance, without, description, tags }: SetRequest,
): Promise<{ snapshot: string; volume: string }[]> {
  const answer = await ask({ action: 'ec2:CreateSnapshots', region: aws.region, about: instance }, () =>
    aws.client(EC2Client, aws.region, 1).send(
      new CreateSnapshotsCommand({
        InstanceSpecification: {
          InstanceId: instance,
          ...(without.length > 0 && { ExcludeDataVolumeIds: without }),
        },
        Description: description,
        TagSpecifications: tagSpecifications(['snapshot'], tags),
      }),
    ),
  );
  return (answer.Snapshots ?? []).map(({ SnapshotId = '', VolumeId = '' }) => ({
    snapshot: SnapshotId,
    volume: VolumeId,
  }));
}

/** Copies a snapshot within the region. CopySnapshot has no token either, so this makes one request. @returns the id of the copy. */
export async function copySnapshot(
  aws: Connection,
  { snapshot, encrypted, kmsKey, description, tags }: Omit<SetRequest, 'instance' | 'without'> & CopiedSnapshot,
): Promise<string> {
  const answer = await ask({ action: 'ec2:CopySnapshot', region: aws.region, about: snapshot }, () =>
    aws.client(EC2Client, aws.region, 1).send(
      new CopySnapshotCommand({
        SourceRegion: aws.region,
        SourceSnapshotId: snapshot,
        Description: description,
        ...(encrypted && { Encrypted: true, KmsKeyId: kmsKey }),
        TagSpecifications: tagSpecifications(['snapshot'], tags),
      }),
    ),
  );
  return answer.SnapshotId ?? '';
}

// A fresh snapshot can be unknown to DescribeSnapshots for minutes: EC2 is eventually consistent.
const graceSeconds = 300;

/**
 * Whether all snapshots of a set are complete, or their progress in words.
 * @throws ImageFailed if EC2 gave up on one of them, or no longer knows it.
 */
export async function lookAtSnapshots(
  aws: Connection,
  ids: string[],
  waitedSeconds: number,
): Promise<{ done: { snapshots: string[] } } | { waiting: string }> {
  const { region } = aws;
  const found = await ownSnapshots(aws, region, ids);
  const failed = found.find(({ state }) => state !== 'pending' && state !== 'completed');
  if (failed) {
    const reason = failed.stateReason ?? 'EC2 gives no reason';
    throw new Failure('ImageFailed', `${failed.snapshot} in ${region} is ${failed.state}: ${reason}`);
  }
  const missing = ids.filter((id) => !found.some(({ snapshot }) => snapshot === id));
  if (missing.length > 0 && waitedSeconds >= graceSeconds)
    throw new Failure('ImageFailed', `EC2 in ${region} does not know ${missing.join(', ')} any more`);
  if (missing.length > 0) return { waiting: `EC2 does not know ${missing.join(', ')} in ${region} yet` };
  const pending = found.filter(({ state }) => state === 'pending');
  if (pending.length === 0) return { done: { snapshots: ids } };
  const progress = pending.map(({ snapshot, progress: done }) => `${snapshot} at ${done || '0%'}`);
  return { waiting: `${progress.join(', ')} in ${region}` };
}
