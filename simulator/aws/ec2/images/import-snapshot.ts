import type {
  CancelImportTaskRequest,
  DescribeImportSnapshotTasksRequest,
  ImportSnapshotRequest,
} from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { filters, page, refuseDryRun, required, strict, tagSpecificationParameters } from '../../calls/strict.ts';
import { usableKeyArn } from '../../keys.ts';
import { storeObject } from '../../s3.ts';
import { StoredObjects } from '../../state/buckets.ts';
import type { Region } from '../../state/region.ts';
import type { Snapshot, StoredImport } from '../../state/snapshots.ts';
import type { World } from '../../state/world.ts';
import { selectByFilters } from '../filters.ts';
import { onceByToken } from '../instances/tokens.ts';
import { paginate } from '../pagination.ts';
import { specifiedTags, tagList } from '../tags.ts';
import { ebsDefaults } from './encryption.ts';
import { fateOf } from './registration.ts';
import { makeSnapshot } from './snapshots.ts';

// The simulated ImportSnapshot, DescribeImportSnapshotTasks and CancelImportTask:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportSnapshot.html
// https://docs.aws.amazon.com/vm-import/latest/userguide/vmimport-import-snapshot.html
// EC2 reads the file only after it has answered, so a wrong file makes the task fail. Users report the messages.

/** What the simulated S3 holds of a file with a disk. */
export interface DiskFile extends Pick<Snapshot, 'sizeGiB' | 'usedGiB' | 'system'> {
  format: 'vmdk' | 'vhd' | 'raw';
}

/** A file that a test or a verb adds to the cloud, with its bucket if there is none. */
export function putDiskFile(
  world: World,
  { bucket: name, key, region }: { bucket: string; key: string; region: string },
  file: Partial<DiskFile> = {},
): void {
  const bucket = world.buckets.get(name) ?? { name, region, objects: new StoredObjects() };
  world.buckets.set(name, bucket);
  const system = { name: 'AmazonLinux', agent: true };
  storeObject(world, bucket, key, JSON.stringify({ format: 'vmdk', sizeGiB: 8, usedGiB: 2.5, system, ...file }));
}

export const importSnapshotActions = (world: World): Actions => ({
  ImportSnapshot: strict(
    'ec2:ImportSnapshot',
    `DryRun Description DiskContainer.Description DiskContainer.Format DiskContainer.UserBucket.S3Bucket
    DiskContainer.UserBucket.S3Key RoleName ClientToken Encrypted KmsKeyId ${tagSpecificationParameters}`,
    (input: ImportSnapshotRequest, caller) => {
      const region = world.region(caller.region);
      const id = onceByToken(region, caller, 'ImportSnapshot', input, () => begin(world, region, input, caller));
      return described(world, region.importTasks.get(id)!);
    },
  ),
  DescribeImportSnapshotTasks: strict(
    'ec2:DescribeImportSnapshotTasks',
    `ImportTaskIds ${filters} ${page}`,
    ({ ImportTaskIds, ...input }: DescribeImportSnapshotTasksRequest, caller) => {
      const region = world.region(caller.region);
      const tasks = [...region.importTasks.values()].filter(
        ({ owner, id }) => owner === caller.account && (!ImportTaskIds?.length || ImportTaskIds.includes(id)),
      );
      const matching = selectByFilters(tasks, input.Filters, { 'task-state': ({ state }) => state });
      const { items, NextToken } = paginate(matching, input, { max: 1000, ids: ImportTaskIds });
      return { ImportSnapshotTasks: items.map((task) => described(world, task)), NextToken };
    },
  ),
  CancelImportTask: strict('ec2:CancelImportTask', 'ImportTaskId', (input: CancelImportTaskRequest, caller) => {
    const region = world.region(caller.region);
    const task = region.importTasks.get(required(input.ImportTaskId, 'ImportTaskId'));
    if (task?.owner !== caller.account)
      throw new ApiError('InvalidConversionTaskId', `The import task ${input.ImportTaskId} does not exist`);
    if (task.state !== 'active') throw new ApiError('IncorrectState', `The task ${task.id} is ${task.state}`);
    task.state = 'deleting';
    world.after(5, () => end(task, 'User initiated task cancelation'));
    return { ImportTaskId: task.id, PreviousState: 'active', State: 'deleting' };
  }),
});

function end(task: StoredImport, message: string): void {
  task.state = 'deleted';
  task.message = message;
}

function begin(world: World, region: Region, input: ImportSnapshotRequest, caller: Caller): string {
  const { Format = '', UserBucket } = required(input.DiskContainer, 'DiskContainer');
  const bucket = required(UserBucket?.S3Bucket, 'UserBucket.S3Bucket');
  const key = required(UserBucket?.S3Key, 'UserBucket.S3Key');
  const tags = specifiedTags(input.TagSpecifications, ['import-snapshot-task']);
  if (!/^(VMDK|VHD|RAW)$/i.test(Format))
    throw new ApiError('InvalidParameter', `The given disk format ${Format} is not supported`);
  if (input.KmsKeyId !== undefined && !input.Encrypted)
    throw new ApiError('InvalidParameter', 'KmsKeyId may be given only with Encrypted');
  const role = input.RoleName ?? 'vmimport';
  if (!world.importRoles.has(role))
    throw new ApiError(
      'InvalidParameter',
      `The service role ${role} provided does not exist or does not have sufficient permissions`,
    );
  refuseDryRun(input);
  const defaults = ebsDefaults(world, caller);
  const encrypts = input.Encrypted === true || defaults.byDefault;
  const keyArn = encrypts ? usableKeyArn(world.keys, caller, input.KmsKeyId ?? defaults.key) : undefined;
  const id = world.newId('import-snap', region.name);
  const name = tags('import-snapshot-task').get('Name') ?? '';
  const { file, wrong } = fileAt(world, region, bucket, key, Format.toLowerCase());
  const gib = file?.usedGiB ?? 0;
  const keyRefused = encrypts && keyArn === undefined;
  const fate = fateOf(world, region, { kind: 'importSnapshot', id, name, gib, keyRefused });
  const about = { id, owner: caller.account, description: input.Description ?? '', bucket, key, format: Format };
  const task: StoredImport = {
    ...about,
    state: 'active',
    message: 'pending',
    startedAt: world.clock.now(),
    endsAt: fate.at,
    keyArn: fate.keyArn ?? keyArn,
    tags: tags('import-snapshot-task'),
  };
  region.importTasks.set(id, task);
  world.clock.at(fate.at, () => {
    if (task.state !== 'active') return;
    const failure = wrong ?? fate.failure;
    if (failure !== undefined || !file) end(task, `ClientError: ${failure}`);
    else complete(world, region, task, file);
    world.views.note();
  });
  return id;
}

/** The snapshot has none of the task's tags, and no volume. */
function complete(world: World, region: Region, task: StoredImport, file: DiskFile): void {
  const { sizeGiB, usedGiB, system } = file;
  const snapshot = makeSnapshot(world, region, {
    sizeGiB,
    usedGiB,
    ...(system && { system }),
    owner: task.owner,
    description: `Created by AWS-VMImport service for ${task.id}`,
    endsAt: task.endsAt,
    volume: 'vol-ffffffff',
    keyArn: task.keyArn,
    tags: new Map(),
  });
  snapshot.state = 'completed';
  task.state = 'completed';
  task.message = '';
  task.snapshot = snapshot.id;
}

function fileAt(world: World, region: Region, name: string, key: string, format: string) {
  const invalid = (why: string) => ({ file: undefined, wrong: `Disk validation failed [${why}]` });
  const bucket = world.buckets.get(name);
  const object = bucket?.region === region.name ? bucket.objects.get(key) : undefined;
  if (!object) return invalid('We do not have access to the given resource. Reason 404 Not Found');
  try {
    const file = JSON.parse(object.body.toString()) as DiskFile;
    // A raw disk has no header by which EC2 could know it.
    return file.format === format ? { file, wrong: undefined } : invalid(`Unsupported ${format.toUpperCase()} file`);
  } catch {
    return invalid(`Unsupported ${format.toUpperCase()} file`);
  }
}

function described(world: World, task: StoredImport) {
  const { id, description, bucket, key, format, state, message, startedAt, endsAt, snapshot, keyArn, tags } = task;
  const done = (world.clock.now() - startedAt) / Math.max(1, endsAt - startedAt);
  return {
    ImportTaskId: id,
    Description: description,
    SnapshotTaskDetail: {
      Description: description,
      Format: format.toUpperCase(),
      UserBucket: { S3Bucket: bucket, S3Key: key },
      Status: state,
      StatusMessage: message || undefined,
      Progress: state === 'active' ? String(Math.min(99, Math.floor(done * 100))) : undefined,
      SnapshotId: snapshot,
      Encrypted: keyArn !== undefined,
      KmsKeyId: keyArn,
    },
    Tags: tagList(tags),
  };
}
