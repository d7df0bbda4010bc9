import * as z from 'zod/mini';
import { lookAtAgent } from '../../aws/work/builders.ts';
import { patience } from '../../core/build/limits.ts';
import { build, lambda } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

/** Waits until SSM reaches the candidate. An image whose instances do not start fails here, whatever its checks. */
export const awaitCandidate = wait({
  name: 'AwaitCandidate',
  input: z.looseObject({ build, instance: z.string(), mostLost: z.number() }),
  permissions: ['ec2:DescribeInstances', 'ssm:DescribeInstanceInformation'],
  limit: () => patience.agent,
  look: ({ build: own, instance, mostLost, since }, { aws, now }) =>
    lookAtAgent(aws, { build: own, role: 'candidate', instance, mostLost }, secondsSince(since, now())),
});

export const handler = lambda(awaitCandidate);
