import * as z from 'zod/mini';
import { lookAtAgent } from '../../aws/builders.ts';
import { patience } from '../../core/patience.ts';
import { identity, lambda } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

/** Waits until SSM reaches the builder. */
export const awaitBuilder = wait({
  name: 'AwaitBuilder',
  input: z.looseObject({ ...identity, instance: z.string() }),
  permissions: ['ec2:DescribeInstances', 'ssm:DescribeInstanceInformation'],
  limit: () => patience.agent,
  look: ({ instance, since }, { aws, now }) => lookAtAgent(aws, instance, secondsSince(since, now())),
});

export const handler = lambda(awaitBuilder);
