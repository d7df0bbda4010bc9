import * as z from 'zod/mini';
import { readArtifact, readPlan, writeArtifact } from '../../aws/artifacts.ts';
import { readChannel, writeChannel } from '../../aws/channels.ts';
import { channelParameter, type ChannelLedger } from '../../core/channel.ts';
import { identity, lambda, wait, type Seen } from '../stage.ts';

const target = z.looseObject({ region: z.string(), ami: z.optional(z.string()), error: z.optional(z.string()) });

/**
 * Points the channel at the image in every verified target region and reads it back. What it held before is written down
 * first: a publish that does not complete is taken back by Compensate, whatever it died of.
 */
export const publish = wait({
  name: 'Publish',
  input: z.looseObject({ ...identity, targets: z.array(target) }),
  permissions: ['s3:GetObject', 's3:PutObject', 'ssm:GetParameter', 'ssm:PutParameter'],
  limit: () => 900,
  async look({ recipe, build, targets }, cloud): Promise<Seen<{ written: boolean; parameter?: string }>> {
    const plan = await readPlan(cloud, { recipe, build });
    const { publish: wanted } = plan.document;
    if (!wanted) return { done: { written: false } };
    const parameter = channelParameter(recipe, wanted.channel);
    const after = targets.flatMap(({ region, ami, error }) => (ami && error === undefined ? [{ region, ami }] : []));

    let ledger = await readArtifact<ChannelLedger>(cloud, plan, 'channel.json');
    if (ledger?.complete) return { done: { written: true, parameter } };
    const current = await readChannel(
      cloud.aws,
      parameter,
      after.map(({ region }) => region),
    );
    const behind = after.filter(({ region, ami }) => current.find((value) => value.region === region)?.ami !== ami);
    if (!ledger) {
      ledger = { parameter, before: current, after, complete: false };
      await writeArtifact(cloud, plan, 'channel.json', ledger);
      await writeChannel(cloud.aws, parameter, behind, plan.image);
      return { waiting: `${parameter} was just written in ${behind.length} regions` };
    }
    if (behind.length > 0) {
      await writeChannel(cloud.aws, parameter, behind, plan.image);
      const list = behind.map(({ region, ami }) => `${ami} in ${region}`).join(', ');
      return {
        waiting: `${parameter} does not hold ${list} yet; Parameter Store drops an AMI id that it cannot describe`,
      };
    }
    await writeArtifact(cloud, plan, 'channel.json', { ...ledger, complete: true });
    return { done: { written: true, parameter } };
  },
});

export const handler = lambda(publish);
