import * as z from 'zod/mini';
import { lookAtCommand } from '../../aws/work/steps.ts';
import { build, lambda } from '../stage.ts';
import { wait } from '../wait.ts';

/** Waits for a provisioning step. SSM handles reboots inside a step: the command stays in progress until the step is done. */
export const awaitCommand = wait({
  name: 'AwaitCommand',
  input: z.looseObject({
    build,
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
  look: ({ build: own, instance, command, name, shutsDown }, cloud) =>
    lookAtCommand(cloud, own, { command, name, shutsDown }, instance, 'ProvisionFailed'),
});

export const handler = lambda(awaitCommand);
