import * as z from 'zod/mini';
import { lookAtCommand } from '../aws/work/steps.ts';
import { buildReference } from './stage.ts';
import { waitBounds, type Wait } from './wait.ts';

const attempt = z.strictObject({
  number: z.number(),
  of: z.number(),
  ifItFails: z.enum(['retry', 'pass', 'abort']),
  delay: z.number(),
});

const input = z.looseObject({
  build: buildReference,
  instance: z.string(),
  command: z.string(),
  name: z.string(),
  shutsDown: z.boolean(),
  attempt: z.optional(attempt),
  wait: waitBounds,
});

/** Waits for a step or a check. SSM handles reboots inside a step: the command stays in progress until the step is done. */
export const commandLook = (
  name: 'AwaitCommand' | 'AwaitCheck',
): Wait<z.infer<typeof input>, { command: string; failed?: true }> => ({
  name,
  input,
  permissions: ['ssm:GetCommandInvocation', 'ssm:ListCommandInvocations', 'ec2:DescribeInstances', 's3:GetObject'],
  bounds: (event) => event.wait,
  awaits: ({ command: id }, region) => ({ kind: 'command', region, id }),
  look: ({ build: own, instance, command, name: step, shutsDown, attempt: which, last }, cloud) => {
    const failure = name === 'AwaitCommand' ? 'ProvisionFailed' : 'CheckFailed';
    const looked = { command, name: step, shutsDown, attempt: which, instance, region: cloud.aws.region };
    return lookAtCommand(cloud, own, looked, failure, last);
  },
});
