import * as z from 'zod/mini';
import { readPlan } from '../aws/memory/plans.ts';
import { listCommands } from '../aws/instances/commands.ts';
import { findOrSend, type CommandPhase } from '../aws/work/steps.ts';
import { buildReference, stage } from './stage.ts';

const input = z.strictObject({ build: buildReference, instance: z.string(), index: z.number() });

/** A state that sends one command of the plan to an instance, once: a repeated call finds the command that was sent before. */
export const sending = (name: 'SendCommand' | 'SendCheck', phase: CommandPhase) =>
  stage({
    name,
    input,
    permissions: [
      's3:GetObject',
      'ec2:DescribeInstances',
      'ssm:GetCommandInvocation',
      'ssm:ListCommandInvocations',
      'ssm:ListCommands',
      'ssm:SendCommand',
      // the failure of a step after which the build goes on
      ...(phase === 'provision' ? ['s3:PutObject'] : []),
    ],
    async run({ build: own, instance, index }, cloud) {
      const now = cloud.now();
      const [plan, sent] = await Promise.all([readPlan(cloud, own), listCommands(cloud.aws, instance)]);
      return findOrSend(cloud, plan, phase, index, { instance, sent }, now);
    },
  });
