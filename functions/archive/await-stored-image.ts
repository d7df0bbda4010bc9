import * as z from 'zod/mini';
import { archivedObject } from '../../aws/archive/archived-object.ts';
import { newestStoreTask } from '../../aws/archive/store-tasks.ts';
import { readDocument, write } from '../../aws/memory/documents.ts';
import type { ArchiveRecord } from '../../core/archive/archive-record.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { Failure } from '../../core/errors.ts';
import { archivePayload } from '../archive-payload.ts';
import { lambda } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

/** A task that EC2 does not show yet. */
const graceSeconds = 300;

/** Waits until the object is there, reads it back, and writes down that the build is archived. EC2 has no event for the end of a task. */
export const awaitStoredImage = wait({
  name: 'AwaitStoredImage',
  input: z.looseObject(archivePayload),
  permissions: ['ec2:DescribeStoreImageTasks', 's3:GetObject', 's3:PutObject'],
  bounds: () => fixedWaits.AwaitStoredImage,
  async look({ archive, by, since }, cloud) {
    const { ami = '', bucket, object, gib } = archive;
    const [task, found] = await Promise.all([
      newestStoreTask(cloud.aws, ami, bucket),
      archivedObject(cloud.aws, bucket, object),
    ]);
    const at = `s3://${bucket}/${object}`;
    if (!found && task?.state === 'Failed')
      throw new Failure(
        'ArchiveFailed',
        `EC2 could not store ${ami} as ${at}: ${task.failure ?? 'EC2 gives no reason'}`,
      );
    if (!found && task?.state !== 'InProgress' && secondsSince(since, cloud.now()) > graceSeconds)
      throw new Failure('ArchiveFailed', `EC2 knows no task that stores ${ami}, and there is no ${at}`);
    if (!found) return { waiting: `${ami} is stored to ${task?.progress ?? 0} %` };
    if (found.bytes === 0) throw new Failure('ArchiveFailed', `${at} is empty`);
    const before = await readDocument(cloud, archive, 'archive');
    const stored = { ...by, at: cloud.now().toISOString(), ami, bytes: found.bytes, gib };
    const record: ArchiveRecord = { schema: 1, stored, bucket, object, restored: before?.restored ?? [] };
    const isKnown = before?.stored !== undefined && before.object === object;
    if (!isKnown) await write(cloud, archive, 'archive', record);
    return { done: { ...archive, bytes: found.bytes } };
  },
});

export const handler = lambda(awaitStoredImage);
