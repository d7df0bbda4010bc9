import * as z from 'zod/mini';
import { lookAtCommand } from '../../aws/work/steps.ts';
import { identity, lambda } from '../stage.ts';
import { wait } from '../wait.ts';

/** Waits for a provisioning step. SSM handles reboots inside a step: the command stays in progress until the step is done. */
export const awaitCommand = wait({
  name: 'AwaitCommand',
  input: z.looseObject({
    ...identity,
    instance: z.string(),
    command: z.string(),
    name: z.string(),
    limit: z.number(),
    quickFor: z.number(),
    shutsDown: z.boolean(),
  }),
  permissions: ['ssm:GetCommandInvocation', 'ssm:ListCommandInvocations', 'ec2:DescribeInstances', 's3:GetObject'],
  limit: ({ limit }) => limit,
  quickFor: ({ quickFor }) => quickFor,
  look: ({ instance, command, name, shutsDown, recipe, build }, cloud) =>
    lookAtCommand(cloud, { command, name, shutsDown, recipe, build }, instance, 'ProvisionFailed'),
});

export const handler = lambda(awaitCommand);
