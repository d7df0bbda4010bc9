import * as z from 'zod/mini';
import { writeArtifact } from '../../aws/artifacts.ts';
import { openLedger, readChannel, refuseSuperseded, writeChannel } from '../../aws/channels.ts';
import { readOwnPlan } from '../../aws/locks.ts';
import { channelParameter } from '../../core/channel.ts';
import { lambda, maker, verifiedTarget } from '../stage.ts';
import { wait, type Seen } from '../wait.ts';

/**
 * Points the channel at the image in every verified target region and reads it back. What it held before is written down
 * first: a publish that does not complete is taken back by Compensate, whatever it died of.
 */
export const publish = wait({
  name: 'Publish',
  input: z.looseObject({ ...maker, targets: z.array(verifiedTarget) }),
  permissions: ['s3:GetObject', 's3:PutObject', 'ssm:GetParameter', 'ssm:PutParameter', 'ec2:DescribeImages'],
  limit: () => 900,
  async look({ recipe, build, execution, targets }, cloud): Promise<Seen<{ written: boolean; parameter?: string }>> {
    const plan = await readOwnPlan(cloud, { recipe, build }, execution);
    const { publish: wanted } = plan.document;
    const after = targets.flatMap(({ region, ami, snapshots, error }) =>
      ami && error === undefined ? [{ region, ami, snapshots }] : [],
    );
    if (!wanted) {
      // Without a channel nothing points at the image, but from here on it is there for others and not undone any more.
      await writeArtifact(cloud, plan, 'channel.json', { parameter: '', before: [], after, complete: true });
      return { done: { written: false } };
    }
    const parameter = channelParameter(recipe, wanted.channel);
    const regions = after.map(({ region }) => region);
    const current = await readChannel(cloud.aws, parameter, regions);
    const ledger = await openLedger(cloud, plan, parameter, current, after);
    if (ledger.complete) return { done: { written: true, parameter } };
    const behind = after.filter(({ region, ami }) => current.find((value) => value.region === region)?.ami !== ami);
    if (behind.length > 0) {
      await refuseSuperseded(cloud.aws, plan, parameter, current);
      await writeChannel(cloud.aws, parameter, behind, plan.image);
      const list = behind.map(({ region, ami }) => `${ami} in ${region}`).join(', ');
      return {
        waiting: `${parameter} was written but does not hold ${list} yet; Parameter Store drops an AMI id that it cannot describe`,
      };
    }
    await writeArtifact(cloud, plan, 'channel.json', { ...ledger, complete: true });
    return { done: { written: true, parameter } };
  },
});

export const handler = lambda(publish);
