import * as z from 'zod/mini';
import { lookAtCommand } from '../../aws/work/steps.ts';
import { identity, lambda } from '../stage.ts';
import { wait } from '../wait.ts';

/** Waits for a check. A failed check ends the build before anything is distributed. */
export const awaitCheck = wait({
  name: 'AwaitCheck',
  input: z.looseObject({
    ...identity,
    instance: z.string(),
    command: z.string(),
    name: z.string(),
    limit: z.number(),
    quickFor: z.number(),
  }),
  permissions: ['ssm:GetCommandInvocation', 'ssm:ListCommandInvocations', 'ec2:DescribeInstances', 's3:GetObject'],
  limit: ({ limit }) => limit,
  quickFor: ({ quickFor }) => quickFor,
  look: ({ instance, command, name, recipe, build }, cloud) =>
    lookAtCommand(cloud, { command, name, shutsDown: false, recipe, build }, instance, 'CheckFailed'),
});

export const handler = lambda(awaitCheck);
