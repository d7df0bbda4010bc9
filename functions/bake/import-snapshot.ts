import * as z from 'zod/mini';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { beginImport } from '../../aws/registering/begin-import.ts';
import { awaitedImage } from '../../core/build/awaited.ts';
import { buildReference, lambda, stage } from '../stage.ts';

/** Lets EC2 make a snapshot of the file with the disk that no builder made. A repeated call finds the task of the first one. */
export const importSnapshot = stage({
  name: 'ImportSnapshot',
  input: z.strictObject({ build: buildReference }),
  permissions: [
    's3:GetObject',
    'ec2:DescribeImportSnapshotTasks',
    'ec2:DescribeSnapshots',
    'ec2:ImportSnapshot',
    'ec2:CreateTags',
  ],
  async run({ build: own }, cloud) {
    const plan = await readOwnPlan(cloud, own);
    const since = cloud.now();
    const { task, begun } = await beginImport(cloud.aws, plan);
    return { task, ...awaitedImage(plan, since, begun) };
  },
});

export const handler = lambda(importSnapshot);
