import * as z from 'zod/mini';
import { beginPublish, completePublish, freeChannel, publishPermissions } from '../../aws/channel/publishing.ts';
import { ledgerOfPlan, readChannel, readLedger, refuseSuperseded, writeChannel } from '../../aws/channels.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { ledgerOf } from '../../core/distribute/channel.ts';
import { inPlace, placeName, onlyPlace } from '../../core/distribute/place.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { buildReference, lambda, verifiedTarget } from '../stage.ts';
import { wait, type LookResult } from '../wait.ts';

/**
 * Points the channel at the image in every verified target region and reads it back. The old values are written down first, so
 * that Compensate can take back any publish that does not complete. The channel's document keeps other moves away meanwhile.
 */
export const publish = wait({
  name: 'Publish',
  input: z.looseObject({ build: buildReference, targets: z.array(verifiedTarget) }),
  permissions: [...publishPermissions, 'ssm:GetParameter', 'ssm:PutParameter', 'ec2:DescribeImages'],
  bounds: () => fixedWaits.Publish,
  async look({ build: own, targets, again }, cloud): Promise<LookResult<object>> {
    // Read the ledger before the owner: if a clean-up writes the ledger after this read, this publish can no longer complete it.
    const ledgerNow = await readLedger(cloud, own);
    const plan = await readOwnPlan(cloud, own);
    const read = ledgerOfPlan(ledgerNow, plan);
    const publishing = { plan, own, read, now: cloud.now() };
    const { channel: wanted, channel: parameter = '' } = plan;
    const publishedAt = cloud.now().toISOString();
    const done = { done: wanted ? { written: true, parameter, publishedAt } : { written: false, publishedAt } };
    if (read.known?.complete) return freeChannel(cloud, publishing).then(() => done);
    const made = targets.flatMap(({ ami, snapshots, error, ...at }) =>
      ami && error === undefined ? [{ ...onlyPlace(at), ami, snapshots }] : [],
    );
    const after = [...(plan.adds?.published ?? []), ...made];
    const current = wanted ? await readChannel(cloud.aws, parameter, after.map(onlyPlace)) : [];
    const ledger = ledgerOf(read.known, parameter, current, after);
    const begun = JSON.stringify(ledger) === JSON.stringify(read.known);
    const behind = after.filter((one) => inPlace(current, one)?.ami !== one.ami);
    // Without a channel nothing points at the image, but from here on others may use it and it is no longer undone.
    const others = begun || !wanted ? undefined : await beginPublish(cloud, publishing, current, after);
    if (others !== undefined) return { waiting: others };
    if (wanted && behind.length > 0) {
      // Parameter Store takes seconds to accept an AMI id. What does not arrive is written again by the next call only.
      if (!again) {
        const held = current.filter((one) => inPlace(behind, one));
        await refuseSuperseded(cloud.aws, plan, parameter, held);
        await writeChannel(cloud.aws, parameter, behind, plan);
      }
      const list = behind.map(({ ami, ...at }) => `${ami} in ${placeName(at)}`).join(', ');
      return {
        waiting: `${parameter} was written but does not hold ${list} yet; Parameter Store drops an AMI id that it cannot describe`,
      };
    }
    if (wanted && !begun)
      return { waiting: `${parameter} holds the image; the next look writes down that it is published` };
    await completePublish(cloud, publishing, ledger);
    return done;
  },
});

export const handler = lambda(publish);
