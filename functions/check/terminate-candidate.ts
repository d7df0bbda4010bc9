import * as z from 'zod/mini';
import { findInstances, isDead, terminateInstances } from '../../aws/instances/instances.ts';
import { build, lambda, stage } from '../stage.ts';

/** Terminates the candidate after its checks, so that it does not run during hours of copying. */
export const terminateCandidate = stage({
  name: 'TerminateCandidate',
  input: z.strictObject({ build }),
  permissions: ['ec2:DescribeInstances', 'ec2:TerminateInstances'],
  async run({ build: own }, { aws }) {
    const candidates = await findInstances(aws, own, 'candidate');
    const living = candidates.filter(({ state }) => !isDead(state)).map(({ instance }) => instance);
    await terminateInstances(aws, living);
    return { terminated: living };
  },
});

export const handler = lambda(terminateCandidate);
