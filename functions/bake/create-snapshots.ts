import * as z from 'zod/mini';
import { volumesAttachedTo } from '../../aws/instances/volumes.ts';
import { createSnapshots as create } from '../../aws/registering/snapshot-sets.ts';
import { findSnapshots } from '../../aws/images/snapshots.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { awaitedImage } from '../../core/build/awaited.ts';
import { imageTags } from '../../core/distribute/image-name.ts';
import { Failure } from '../../core/errors.ts';
import { capturedVolumes, disksOf, knownSet, setDescription } from '../../core/launch/captured-disks.ts';
import { buildReference, lambda, stage } from '../stage.ts';

/**
 * Makes snapshots of the builder's disks, for an image that is registered from them. CreateSnapshots has no token, so every try looks
 * first for the snapshots of an earlier one. A second set that was made because EC2 did not show the first one yet is deleted with
 * the builder.
 */
export const createSnapshots = stage({
  name: 'CreateSnapshots',
  input: z.strictObject({ build: buildReference, instance: z.string() }),
  permissions: [
    's3:GetObject',
    'ec2:DescribeVolumes',
    'ec2:DescribeSnapshots',
    'ec2:CreateSnapshots',
    'ec2:CreateTags',
  ],
  async run({ build: own, instance }, { aws, now, ...cloud }) {
    const plan = await readOwnPlan({ aws, ...cloud }, own);
    const [volumes, snapshots] = await Promise.all([
      volumesAttachedTo(aws, instance),
      findSnapshots(aws, aws.region, plan),
    ]);
    const { captured, dropped } = capturedVolumes(plan, volumes);
    if (!captured.some(({ device }) => device === plan.source.rootDevice))
      throw new Failure('BuilderFailed', `EC2 shows no root volume of ${instance} in ${aws.region}`);
    const known = knownSet(plan, instance, captured, snapshots);
    if (known && 'disks' in known) return { disks: known.disks, ...awaitedImage(plan, now(), 'before') };
    if (known) {
      const shown = known.partial.join(', ');
      throw new Failure('AwsTransient', `of the ${captured.length} snapshots of ${instance} EC2 shows only ${shown}`);
    }
    const since = now();
    const description = setDescription(plan, instance, since);
    const without = dropped.map(({ volume }) => volume);
    const made = await create(aws, { instance, without, description, tags: imageTags(plan) });
    return { disks: disksOf(captured, made), ...awaitedImage(plan, since, 'now') };
  },
});

export const handler = lambda(createSnapshots);
