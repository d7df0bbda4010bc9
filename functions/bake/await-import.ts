import * as z from 'zod/mini';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { lookAtImport } from '../../aws/registering/look-at-import.ts';
import { importedDisk } from '../../core/launch/captured-disks.ts';
import { imageTags } from '../../core/distribute/image-name.ts';
import { tagImported } from '../../aws/registering/import-tasks.ts';
import { buildReference, lambda } from '../stage.ts';
import { secondsSince, wait, waitBounds } from '../wait.ts';

/** Waits until EC2 has made the snapshot of a file, and gives the snapshot its tags. No event of EC2 tells of it. */
export const awaitImport = wait({
  name: 'AwaitImport',
  input: z.looseObject({ build: buildReference, task: z.string(), wait: waitBounds }),
  permissions: ['s3:GetObject', 'ec2:DescribeImportSnapshotTasks', 'ec2:DescribeSnapshots', 'ec2:CreateTags'],
  bounds: (event) => event.wait,
  async look({ build, task, since, late }, cloud) {
    const { aws, now } = cloud;
    const seen = await lookAtImport(aws, task, secondsSince(since, now()));
    if ('waiting' in seen)
      return late ? { waiting: `${seen.waiting}; raise image.timeout in the recipe to wait longer` } : seen;
    const plan = await readOwnPlan(cloud, build);
    const disk = importedDisk(plan, seen);
    if (!seen.tagged) await tagImported(aws, aws.region, seen.snapshot, imageTags(plan));
    return { done: { disks: [disk] } };
  },
});

export const handler = lambda(awaitImport);
