import * as z from 'zod/mini';
import { readPlan } from '../../aws/memory/plans.ts';
import { findOrSend } from '../../aws/work/steps.ts';
import { identity, lambda, stage } from '../stage.ts';

/** Sends one provisioning step to the builder. Repeated calls never run it twice. */
export const sendCommand = stage({
  name: 'SendCommand',
  input: z.strictObject({ ...identity, instance: z.string(), index: z.number() }),
  permissions: [
    's3:GetObject',
    'ec2:DescribeInstances',
    'ssm:GetCommandInvocation',
    'ssm:ListCommandInvocations',
    'ssm:ListCommands',
    'ssm:SendCommand',
  ],
  async run({ instance, index, ...build }, cloud) {
    return findOrSend(cloud, await readPlan(cloud, build), 'provision', index, instance, cloud.now());
  },
});

export const handler = lambda(sendCommand);
