import * as z from 'zod/mini';
import { describeInstance, stopInstance } from '../aws/instances/instances.ts';
import { changeSpeed, speedLook } from '../aws/instances/volumes.ts';
import { isDead, refuseTakenBack } from '../core/launch/instance-state.ts';
import { patience } from '../core/build/limits.ts';
import { Failure } from '../core/errors.ts';
import { buildReference } from './stage.ts';
import { secondsSince, waitBounds, type Wait } from './wait.ts';

const input = z.looseObject({
  build: buildReference,
  instance: z.string(),
  capture: z.enum(['stopped', 'running']),
  shutsDown: z.boolean(),
  /** The root volume and the speed that it must get before the image is made. Null where it has that speed. */
  disk: z.nullish(
    z.looseObject({ device: z.string(), iops: z.optional(z.number()), throughput: z.optional(z.number()) }),
  ),
  wait: waitBounds,
});

/**
 * Stops the builder and waits until it is stopped, so that its disks no longer change. A recipe can have the builder captured
 * running instead, and its last step can shut the builder down.
 */
export const stoppedLook: Wait<z.infer<typeof input>, { instance: string; state: string }> = {
  name: 'Seal',
  input,
  permissions: ['ec2:DescribeInstances', 'ec2:StopInstances', 'ec2:DescribeVolumes', 'ec2:ModifyVolume'],
  bounds: (event) => event.wait,
  awaits: ({ instance: id }, region) => ({ kind: 'instance', region, id }),
  async look({ instance, capture, shutsDown, disk, since, woken }, cloud) {
    const mayStopItself = shutsDown && secondsSince(since, cloud.now()) < patience.shutdown;
    // Right after its last command the builder runs. EC2's answer to the stop tells its state, so nobody need ask before.
    const begun = !woken && capture === 'stopped' && !shutsDown && secondsSince(since, cloud.now()) < 10;
    const [stopping] = begun
      ? await Promise.all([stopInstance(cloud.aws, instance), disk && changeSpeed(cloud.aws, instance, disk)])
      : [];
    if (stopping && stopping !== 'stopped')
      return { waiting: `${instance} in ${cloud.aws.region} is ${stopping}, to be stopped` };
    const found = await describeInstance(cloud.aws, instance);
    const state = found?.state ?? 'unknown';
    if (state === 'stopped' || (state === 'running' && capture === 'running')) {
      const look = woken ? speedLook : changeSpeed; // `wake` changes nothing
      const changing = disk ? await look(cloud.aws, instance, disk) : undefined;
      return changing ? { waiting: changing } : { done: { instance, state } };
    }
    if (found) refuseTakenBack(cloud.aws.region, found);
    if (isDead(state)) {
      throw new Failure(
        'BuilderFailed',
        `${instance} in ${cloud.aws.region} is ${state} instead of stopped: ${found?.reason ?? 'EC2 gives no reason'}`,
      );
    }
    if (state === 'running' && !mayStopItself && !woken) await stopInstance(cloud.aws, instance);
    return { waiting: `${instance} in ${cloud.aws.region} is ${state}, to be stopped` };
  },
};
