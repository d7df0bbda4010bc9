import {
  DeleteSnapshotCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  ModifySnapshotAttributeCommand,
  ResetSnapshotAttributeCommand,
  type CreateVolumePermission,
  type Filter,
  type PermissionGroup,
  type Snapshot,
} from '@aws-sdk/client-ec2';
import { isAccount, type PermissionChange, type Users } from '../../core/distribute/permissions.ts';
import type { BuildIdentity, Tags } from '../../core/tags.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { filtersOf, fromTags } from '../tags.ts';

interface SnapshotDescription {
  snapshot: string;
  volume: string;
  sizeGiB: number;
  description: string;
  /** pending | completed | error | recoverable | recovering */
  state: string;
  /** How much of it EC2 has copied, such as 43%. */
  progress: string;
  /** EC2's reason for the state. */
  stateReason?: string | undefined;
  /** ARN of the key that encrypts it; absent if it is not encrypted. */
  keyArn?: string | undefined;
  /** ISO 8601. Absent until it is completed. */
  completedAt?: string | undefined;
  tags: Tags;
}

const describe = ({
  SnapshotId = '',
  VolumeId = '',
  VolumeSize = 0,
  Description = '',
  State,
  StateMessage,
  Progress,
  KmsKeyId,
  CompletionTime,
  Tags,
}: Snapshot): SnapshotDescription => ({
  snapshot: SnapshotId,
  volume: VolumeId,
  sizeGiB: VolumeSize,
  description: Description,
  state: State ?? 'unknown',
  progress: Progress ?? 'unknown progress',
  ...(StateMessage && { stateReason: StateMessage }),
  ...(KmsKeyId && { keyArn: KmsKeyId }),
  ...(CompletionTime && { completedAt: CompletionTime.toISOString() }),
  tags: fromTags(Tags),
});

async function describeSnapshots(aws: Connection, region: string, about: string, Filters: Filter[], owner = 'self') {
  const ec2 = aws.client(EC2Client, region);
  const input = { OwnerIds: [owner], Filters, MaxResults: 1000 };
  const snapshots = await ask({ action: 'ec2:DescribeSnapshots', region, about }, () =>
    everyPage(
      (NextToken) => ec2.send(new DescribeSnapshotsCommand({ ...input, NextToken })),
      ({ Snapshots }) => Snapshots,
    ),
  );
  return snapshots.map(describe);
}

/** Snapshots of an account by id, which is this one by default. EC2 omits those that it does not know, not yet, or does not show. */
export async function ownSnapshots(
  aws: Connection,
  region: string,
  ids: string[],
  owner?: string,
): Promise<SnapshotDescription[]> {
  if (ids.length === 0) return [];
  return describeSnapshots(aws, region, ids.join(', '), [{ Name: 'snapshot-id', Values: ids }], owner);
}

/** A build's snapshots in a region. They are found by tag: a pending AMI does not name its snapshots yet. */
export const findSnapshots = (
  aws: Connection,
  region: string,
  identity: BuildIdentity,
): Promise<SnapshotDescription[]> =>
  describeSnapshots(aws, region, `${identity.recipe} ${identity.build}`, filtersOf(identity));

/** @returns false while an AMI still needs the snapshot, and for a moment after that AMI was deregistered. */
export async function deleteSnapshot(aws: Connection, region: string, snapshot: string): Promise<boolean> {
  return ask(
    { action: 'ec2:DeleteSnapshot', region, about: snapshot },
    async () => {
      await aws.client(EC2Client, region).send(new DeleteSnapshotCommand({ SnapshotId: snapshot }));
      return true;
    },
    { gone: () => true, answer: () => false },
  );
}

async function permissionsOf(aws: Connection, region: string, snapshot: string): Promise<CreateVolumePermission[]> {
  const answer = await ask({ action: 'ec2:DescribeSnapshotAttribute', region, about: snapshot }, () =>
    aws
      .client(EC2Client, region)
      .send(new DescribeSnapshotAttributeCommand({ SnapshotId: snapshot, Attribute: 'createVolumePermission' })),
  );
  return answer.CreateVolumePermissions ?? [];
}

/** Who may make volumes from a snapshot. */
export async function volumeUsers(aws: Connection, region: string, snapshot: string): Promise<Users> {
  return (await permissionsOf(aws, region, snapshot)).flatMap(({ UserId, Group }) => UserId ?? Group ?? []);
}

/** Revokes every permission on a snapshot. @returns whether there were any. */
export async function revokeVolumes(aws: Connection, region: string, snapshot: string): Promise<boolean> {
  if ((await permissionsOf(aws, region, snapshot)).length === 0) return false;
  await ask({ action: 'ec2:ResetSnapshotAttribute', region, about: snapshot }, () =>
    aws
      .client(EC2Client, region)
      .send(new ResetSnapshotAttributeCommand({ SnapshotId: snapshot, Attribute: 'createVolumePermission' })),
  );
  return true;
}

const permissionOf = (user: string): CreateVolumePermission =>
  isAccount(user) ? { UserId: user } : { Group: user as PermissionGroup };

/**
 * Changes who may make volumes from a snapshot, in one request, which either adds or removes. An account needs this permission to
 * copy a shared AMI. Repeating it changes nothing.
 */
export async function changeVolumes(
  aws: Connection,
  region: string,
  snapshot: string,
  { add, remove }: PermissionChange,
): Promise<void> {
  const CreateVolumePermission = {
    ...(add.length > 0 && { Add: add.map(permissionOf) }),
    ...(remove.length > 0 && { Remove: remove.map(permissionOf) }),
  };
  const input = { SnapshotId: snapshot, Attribute: 'createVolumePermission' as const, CreateVolumePermission };
  await ask({ action: 'ec2:ModifySnapshotAttribute', region, about: snapshot }, () =>
    aws.client(EC2Client, region).send(new ModifySnapshotAttributeCommand(input)),
  );
}
