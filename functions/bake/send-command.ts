import * as z from 'zod/mini';
import { readPlan } from '../../aws/memory/plans.ts';
import { findOrSend } from '../../aws/work/steps.ts';
import { build, lambda, stage } from '../stage.ts';

/** Sends one provisioning step to the builder. Repeated calls never run it twice. */
export const sendCommand = stage({
  name: 'SendCommand',
  input: z.strictObject({ build, instance: z.string(), index: z.number() }),
  permissions: [
    's3:GetObject',
    'ec2:DescribeInstances',
    'ssm:GetCommandInvocation',
    'ssm:ListCommandInvocations',
    'ssm:ListCommands',
    'ssm:SendCommand',
  ],
  async run({ build: own, instance, index }, cloud) {
    return findOrSend(cloud, await readPlan(cloud, own), 'provision', index, instance, cloud.now());
  },
});

export const handler = lambda(sendCommand);
