import * as z from 'zod/mini';
import { terminateInstances } from '../../aws/instances/instances.ts';
import { buildReference, lambda, stage } from '../stage.ts';

/**
 * Terminates the candidate after its checks, so that it does not run during hours of copying. To terminate it again changes
 * nothing. Nothing waits for its end: CleanUp finds every instance of the build that is left.
 */
export const terminateCandidate = stage({
  name: 'TerminateCandidate',
  input: z.strictObject({ build: buildReference, instance: z.string().check(z.startsWith('i-')) }),
  permissions: ['ec2:TerminateInstances'],
  async run({ instance }, { aws }) {
    await terminateInstances(aws, [instance]);
    return { terminated: [instance] };
  },
});

export const handler = lambda(terminateCandidate);
