import * as z from 'zod/mini';
import { readChannel, readLedger, refuseSuperseded, writeChannel, writeLedger } from '../../aws/channels.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { ledgerOf } from '../../core/distribute/channel.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { buildReference, lambda, verifiedTarget } from '../stage.ts';
import { wait, type LookResult } from '../wait.ts';

/**
 * Points the channel at the image in every verified target region and reads it back. The old values are written down first, so
 * that Compensate can take back any publish that does not complete.
 */
export const publish = wait({
  name: 'Publish',
  input: z.looseObject({ build: buildReference, targets: z.array(verifiedTarget) }),
  permissions: ['s3:GetObject', 's3:PutObject', 'ssm:GetParameter', 'ssm:PutParameter', 'ec2:DescribeImages'],
  bounds: () => fixedWaits.Publish,
  async look({ build: own, targets, again }, cloud): Promise<LookResult<object>> {
    // Read the ledger before the owner: if a clean-up writes the ledger after this read, this publish can no longer complete it.
    const read = await readLedger(cloud, own);
    const plan = await readOwnPlan(cloud, own);
    const { channel: wanted, channel: parameter = '' } = plan;
    const publishedAt = cloud.now().toISOString();
    const done = { done: wanted ? { written: true, parameter, publishedAt } : { written: false, publishedAt } };
    if (read.known?.complete) return done;
    const after = targets.flatMap(({ region, ami, snapshots, error }) =>
      ami && error === undefined ? [{ region, ami, snapshots }] : [],
    );
    const regions = after.map(({ region }) => region);
    const current = wanted ? await readChannel(cloud.aws, parameter, regions) : [];
    const ledger = ledgerOf(read.known, parameter, current, after);
    if (!wanted) {
      // Without a channel nothing points at the image, but from here on others may use it and it is no longer undone.
      await writeLedger(cloud, plan, read, { ...ledger, complete: true });
      return done;
    }
    const behind = after.filter(({ region, ami }) => current.find((value) => value.region === region)?.ami !== ami);
    const begun = JSON.stringify(ledger) === JSON.stringify(read.known);
    if (!begun) await writeLedger(cloud, plan, read, ledger);
    if (behind.length > 0) {
      // Parameter Store takes seconds to accept an AMI id. What does not arrive is written again by the next call only.
      if (!again) {
        const held = current.filter(({ region }) => behind.some((one) => one.region === region));
        await refuseSuperseded(cloud.aws, plan, parameter, held);
        await writeChannel(cloud.aws, parameter, behind, plan.image);
      }
      const list = behind.map(({ region, ami }) => `${ami} in ${region}`).join(', ');
      return {
        waiting: `${parameter} was written but does not hold ${list} yet; Parameter Store drops an AMI id that it cannot describe`,
      };
    }
    if (!begun)
      return { waiting: `${parameter} holds the image; that it is published is written down at the next look` };
    await writeLedger(cloud, plan, read, { ...ledger, complete: true });
    return done;
  },
});

export const handler = lambda(publish);
