import * as z from 'zod/mini';
import { lookAtAgent } from '../../aws/work/builders.ts';
import { patience } from '../../core/build/limits.ts';
import { build, lambda } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

/** Waits until SSM reaches the builder. */
export const awaitBuilder = wait({
  name: 'AwaitBuilder',
  input: z.looseObject({ build, instance: z.string(), mostLost: z.number() }),
  permissions: ['ec2:DescribeInstances', 'ssm:DescribeInstanceInformation'],
  limit: () => patience.agent,
  look: ({ build: own, instance, mostLost, since }, { aws, now }) =>
    lookAtAgent(aws, { build: own, role: 'builder', instance, mostLost }, secondsSince(since, now())),
});

export const handler = lambda(awaitBuilder);
