import * as z from 'zod/mini';
import { archivedObject } from '../../aws/archive/archived-object.ts';
import { createStoreTask, newestStoreTask } from '../../aws/archive/store-tasks.ts';
import { archivePayload } from '../archive-payload.ts';
import { lambda, stage } from '../stage.ts';

/** Starts to store an AMI in the archive, unless EC2 is at it or the object is there. */
export const storeImage = stage({
  name: 'StoreImage',
  input: z.strictObject(archivePayload),
  permissions: ['ec2:CreateStoreImageTask', 'ec2:DescribeStoreImageTasks', 's3:GetObject'],
  async run({ archive }, { aws, now }) {
    const { ami = '', bucket, object } = archive;
    const since = now().toISOString();
    const task = await newestStoreTask(aws, ami, bucket);
    if (task?.state === 'InProgress' || (await archivedObject(aws, bucket, object))) return { since };
    await createStoreTask(aws, ami, bucket, archive);
    return { since };
  },
});

export const handler = lambda(storeImage);
