import * as z from 'zod/mini';
import { describeInstance, isDead, stopInstance } from '../../aws/instances/instances.ts';
import { Failure } from '../../core/errors.ts';
import { patience } from '../../core/build/limits.ts';
import { build, lambda } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

/**
 * Stops the builder and waits until it is stopped, so that its disks no longer change. A recipe can have the builder captured
 * running instead, and its last step can shut the builder down.
 */
export const seal = wait({
  name: 'Seal',
  input: z.looseObject({
    build,
    instance: z.string(),
    capture: z.enum(['stopped', 'running']),
    shutsDown: z.boolean(),
  }),
  permissions: ['ec2:DescribeInstances', 'ec2:StopInstances'],
  limit: () => patience.stop,
  async look({ instance, capture, shutsDown, since }, cloud) {
    const found = await describeInstance(cloud.aws, instance);
    const state = found?.state ?? 'unknown';
    if (state === 'stopped' || (state === 'running' && capture === 'running')) return { done: { instance, state } };
    if (isDead(state)) {
      throw new Failure(
        'BuilderFailed',
        `${instance} in ${cloud.aws.region} is ${state} instead of stopped: ${found?.reason ?? 'EC2 gives no reason'}`,
      );
    }
    const mayStopItself = shutsDown && secondsSince(since, cloud.now()) < patience.shutdown;
    if (state === 'running' && !mayStopItself) await stopInstance(cloud.aws, instance);
    return { waiting: `${instance} in ${cloud.aws.region} is ${state}, to be stopped` };
  },
});

export const handler = lambda(seal);
