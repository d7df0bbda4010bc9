import type { Plan } from '../../core/build/plan.ts';
import { holdSeconds, type FailedExecution, type Hold } from '../../core/undo/hold.ts';
import type { AroundHold } from './hold.ts';

/** The actions that heldInstance calls. */
export const holdPermissions = [
  'ec2:CreateTags',
  'ec2:DescribeInstances',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeVolumes',
  'ec2:ModifyNetworkInterfaceAttribute',
  's3:GetObject',
  's3:PutObject',
  'ssm:DescribeInstanceInformation',
  'ssm:ListCommands',
  'ssm:SendCommand',
];

/** The instance of a failed build that stays. What holds it is loaded only for a recipe that holds instances. */
export const heldInstance = async (
  around: AroundHold,
  plan: Plan,
  failed: FailedExecution,
  now: Date,
): Promise<Hold | undefined> =>
  holdSeconds(plan) > 0 ? (await import('./hold.ts')).holdInstance(around, plan, failed, now) : undefined;
