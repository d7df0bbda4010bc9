import * as z from 'zod/mini';
import { lookAtCommand } from '../../aws/work/steps.ts';
import { build, lambda } from '../stage.ts';
import { wait } from '../wait.ts';

/** Waits for a check. A failed check ends the build before anything is distributed. */
export const awaitCheck = wait({
  name: 'AwaitCheck',
  input: z.looseObject({
    build,
    instance: z.string(),
    command: z.string(),
    name: z.string(),
    limit: z.number(),
    quickFor: z.number(),
  }),
  permissions: ['ssm:GetCommandInvocation', 'ssm:ListCommandInvocations', 'ec2:DescribeInstances', 's3:GetObject'],
  limit: ({ limit }) => limit,
  quickFor: ({ quickFor }) => quickFor,
  look: ({ build: own, instance, command, name }, cloud) =>
    lookAtCommand(cloud, own, { command, name, shutsDown: false }, instance, 'CheckFailed'),
});

export const handler = lambda(awaitCheck);
