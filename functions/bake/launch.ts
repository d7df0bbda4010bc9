import * as z from 'zod/mini';
import { findOrLaunch } from '../../aws/work/builders.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { awaitedAgent } from '../../core/build/awaited.ts';
import { isFirstTry } from '../../core/start/first-try.ts';
import { builderDisks } from '../../core/launch/disks.ts';
import { buildReference, ladder, lambda, stage } from '../stage.ts';

/** Launches the builder, an instance of the source image without a key pair, or finds this build's living builder. */
export const launch = stage({
  name: 'Launch',
  input: z.strictObject({ build: buildReference, ladder }),
  permissions: ['s3:GetObject', 'ec2:DescribeInstances', 'ec2:RunInstances', 'ec2:CreateTags', 'iam:PassRole'],
  async run({ build: own, ladder: reached }, cloud) {
    const plan = await readOwnPlan(cloud, own);
    const from = { ami: plan.source.ami, disks: builderDisks(plan) };
    const first = isFirstTry(plan, own.execution, cloud.now());
    return {
      ...(await findOrLaunch(cloud.aws, plan, 'builder', from, reached, first)),
      ...awaitedAgent(plan, 'builder', cloud.now(), first ? 'now' : 'before'),
    };
  },
});

export const handler = lambda(launch);
