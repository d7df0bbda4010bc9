import * as z from 'zod/mini';
import { findSnapshots } from '../../aws/images/snapshots.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { copySnapshot as copy } from '../../aws/registering/snapshot-sets.ts';
import { awaitedImage } from '../../core/build/awaited.ts';
import { imageTags } from '../../core/distribute/image-name.ts';
import { disksOf, knownSet, setDescription, sourceDisk, sourceDiskKey } from '../../core/launch/captured-disks.ts';
import { buildReference, lambda, stage } from '../stage.ts';

/**
 * Copies the snapshot of a disk that no builder made, so that the image has a snapshot of its own: with the build's tags, under the
 * recipe's key, and to be shared and deleted with the image. CopySnapshot has no token, so every try looks first for an earlier copy.
 */
export const copySnapshot = stage({
  name: 'CopySnapshot',
  input: z.strictObject({ build: buildReference }),
  permissions: ['s3:GetObject', 'ec2:DescribeSnapshots', 'ec2:CopySnapshot', 'ec2:CreateTags'],
  async run({ build: own }, cloud) {
    const { aws, now } = cloud;
    const plan = await readOwnPlan(cloud, own);
    const [disk, snapshot] = [sourceDisk(plan), plan.source.ami];
    const copies = (await findSnapshots(aws, aws.region, plan)).map((one) => ({ ...one, volume: snapshot }));
    const known = knownSet(plan, snapshot, [disk], copies);
    if (known && 'disks' in known) return { disks: known.disks, ...awaitedImage(plan, now(), 'before') };
    const since = now();
    const description = setDescription(plan, snapshot, since);
    const made = await copy(aws, { snapshot, ...sourceDiskKey(plan), description, tags: imageTags(plan) });
    return { disks: disksOf([disk], [{ snapshot: made, volume: snapshot }]), ...awaitedImage(plan, since, 'now') };
  },
});

export const handler = lambda(copySnapshot);
