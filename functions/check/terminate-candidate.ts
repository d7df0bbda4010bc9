import * as z from 'zod/mini';
import { terminateInstances } from '../../aws/instances/instances.ts';
import { buildReference, lambda, stage } from '../stage.ts';

/**
 * Terminates the candidate after its checks, so that it does not run during hours of copying. Terminating it again changes
 * nothing. No state waits for its end, because CleanUp finds every instance that the build left.
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
