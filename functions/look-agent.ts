import * as z from 'zod/mini';
import { lookAtAgent } from '../aws/work/builders.ts';
import { buildReference } from './stage.ts';
import { secondsSince, waitBounds, type Wait } from './wait.ts';

const input = z.looseObject({ build: buildReference, instance: z.string(), mostLost: z.number(), wait: waitBounds });

/** Waits until SSM reaches an instance. EC2 sends an event when the instance runs, but AWS sends none when its agent is online. */
export const agentLook = (
  name: 'AwaitBuilder' | 'AwaitCandidate',
): Wait<z.infer<typeof input>, { instance: string }> => ({
  name,
  input,
  permissions: ['ec2:DescribeInstances', 'ssm:DescribeInstanceInformation'],
  bounds: (event) => event.wait,
  awaits: ({ instance: id }, region) => ({ kind: 'instance', region, id }),
  look: ({ build: own, instance, mostLost, since, last }, { aws, now }) => {
    const role = name === 'AwaitBuilder' ? 'builder' : 'candidate';
    return lookAtAgent(
      aws,
      { build: own, role, instance, region: aws.region, mostLost },
      secondsSince(since, now()),
      last,
    );
  },
});
