import * as z from 'zod/mini';
import { terminateInstances as terminate } from '../../aws/instances/instances.ts';
import { buildReference, lambda, stage } from '../stage.ts';

/**
 * Terminates builder and candidate after the checks, so that they do not cost during hours of copying. To terminate them again
 * changes nothing. Nothing waits for their end: CleanUp finds every instance of the build that is left.
 */
export const terminateInstances = stage({
  name: 'TerminateInstances',
  // A build that was started again with its image has no builder.
  input: z.strictObject({ build: buildReference, builder: z.string(), candidate: z.string() }),
  permissions: ['ec2:TerminateInstances'],
  async run({ builder, candidate }, { aws }) {
    const launched = [builder, candidate].filter((instance) => instance.startsWith('i-'));
    await terminate(aws, launched);
    return { terminated: launched };
  },
});

export const handler = lambda(terminateInstances);
