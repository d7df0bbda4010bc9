import * as z from 'zod/mini';
import { readPlan } from '../../aws/memory/plans.ts';
import { lookAtAgent } from '../../aws/work/builders.ts';
import { patience } from '../../core/build/limits.ts';
import { identity, lambda } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

/** Waits until SSM reaches the builder. */
export const awaitBuilder = wait({
  name: 'AwaitBuilder',
  input: z.looseObject({ ...identity, instance: z.string() }),
  permissions: ['s3:GetObject', 'ec2:DescribeInstances', 'ssm:DescribeInstanceInformation'],
  limit: () => patience.agent,
  look: ({ instance, since, ...build }, cloud) =>
    lookAtAgent(cloud.aws, () => readPlan(cloud, build), 'builder', instance, secondsSince(since, cloud.now())),
});

export const handler = lambda(awaitBuilder);
