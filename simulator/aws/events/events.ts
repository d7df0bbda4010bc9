import { isoTime } from '../../clock.ts';
import { partitionIn } from '../partition.ts';
import { uuid } from '../keys.ts';
import { commandStatus } from '../ssm/describe-command.ts';
import { redriveStatus } from '../../states/redrive.ts';
import type { Execution } from '../../states/step-functions.ts';
import type { Image } from '../state/images.ts';
import type { Instance } from '../state/instances.ts';
import type { Snapshot } from '../state/snapshots.ts';
import type { SsmCommand, CommandInvocation } from '../state/commands.ts';

/** An event from an AWS service to EventBridge. Its shape has the odd capitals and ARNs that AWS documents for each event. */
export interface Occurrence {
  source: string;
  'detail-type': string;
  account: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
}

export const imageStateChange = (region: string, { id, owner, state, stateReason }: Image): Occurrence => ({
  source: 'aws.ec2',
  'detail-type': 'EC2 AMI State Change',
  account: owner,
  region,
  resources: [`arn:${partitionIn(region)}:ec2:${region}::image/${id}`],
  detail: {
    RequestId: uuid('request', id, state),
    ImageId: id,
    State: state,
    ErrorMessage: stateReason?.Message ?? '',
  },
});

export const instanceStateChange = ({ id, owner, region, state }: Instance): Occurrence => ({
  source: 'aws.ec2',
  'detail-type': 'EC2 Instance State-change Notification',
  account: owner,
  region,
  resources: [`arn:${partitionIn(region)}:ec2:${region}:${owner}:instance/${id}`],
  detail: { 'instance-id': id, state },
});

/** Tells of a created or copied snapshot. The event of a copy comes in the region of the copy. */
export function snapshotNotification(region: string, snapshot: Snapshot, endedAt: number): Occurrence {
  const arn = (kind: 'snapshot' | 'volume', id: string, at = region) =>
    `arn:${partitionIn(at)}:ec2::${at}:${kind}/${id}`;
  const { id, owner, state, stateMessage = '', copyOf, volume, startedAt } = snapshot;
  return {
    source: 'aws.ec2',
    'detail-type': 'EBS Snapshot Notification',
    account: owner,
    region,
    resources: [arn('snapshot', id)],
    detail: {
      event: copyOf ? 'copySnapshot' : 'createSnapshot',
      result: state === 'completed' ? 'succeeded' : 'failed',
      cause: stateMessage,
      'request-id': '',
      snapshot_id: arn('snapshot', id),
      source: copyOf ? arn('snapshot', copyOf.id, copyOf.region) : arn('volume', volume),
      startTime: isoTime(startedAt),
      endTime: isoTime(endedAt),
      ...(copyOf && { incremental: 'true', transferType: 'standard' }),
    },
  };
}

/** Tells of the snapshots that CreateSnapshots made. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-cloud-watch-events.html */
export function snapshotSetEnded(region: string, snapshots: Snapshot[], endedAt: number): Occurrence {
  const arn = (kind: 'snapshot' | 'volume', id: string) => `arn:${partitionIn(region)}:ec2::${region}:${kind}/${id}`;
  const failed = snapshots.find(({ state }) => state === 'error');
  return {
    source: 'aws.ec2',
    'detail-type': 'EBS Multi-Volume Snapshots Completion Status',
    account: snapshots[0]?.owner ?? '',
    region,
    resources: snapshots.map(({ id }) => arn('snapshot', id)),
    detail: {
      event: 'createSnapshots',
      result: failed ? 'failed' : 'succeeded',
      cause: failed?.stateMessage ?? '',
      'request-id': '',
      startTime: isoTime(snapshots[0]?.startedAt ?? endedAt),
      endTime: isoTime(endedAt),
      snapshots: snapshots.map(({ id, volume, state }) => ({
        snapshot_id: arn('snapshot', id),
        source: arn('volume', volume),
        status: state,
      })),
    },
  };
}

const commandResource = ({ command, instance }: CommandInvocation) =>
  `arn:${partitionIn(command.region)}:ec2:${command.region}:${command.owner}:instance/${instance.id}`;

export const invocationStatusChange = (invocation: CommandInvocation): Occurrence => ({
  source: 'aws.ssm',
  'detail-type': 'EC2 Command Invocation Status-change Notification',
  account: invocation.command.owner,
  region: invocation.command.region,
  resources: [commandResource(invocation)],
  detail: {
    'command-id': invocation.command.id,
    'document-name': invocation.command.documentName,
    'instance-id': invocation.instance.id,
    'requested-date-time': isoTime(invocation.command.sentAt),
    status: invocation.status,
  },
});

export const commandStatusChange = (command: SsmCommand): Occurrence => ({
  source: 'aws.ssm',
  'detail-type': 'EC2 Command Status-change Notification',
  account: command.owner,
  region: command.region,
  resources: command.invocations.map(commandResource),
  detail: {
    'command-id': command.id,
    'document-name': command.documentName,
    'expire-after': isoTime(command.sentAt + (command.timeoutSeconds + command.executionTimeout) * 1000),
    parameters: command.parameters,
    'requested-date-time': isoTime(command.sentAt),
    status: commandStatus(command),
  },
});

/** `exception`: the AMI of a parameter could not be checked, so that the operation never took effect. */
export const parameterChange = (
  at: { account: string; region: string },
  change: {
    operation: 'Create' | 'Update' | 'Delete';
    name: string;
    type: string;
    description?: string;
    exception?: string;
    dataType?: string;
  },
): Occurrence => ({
  source: 'aws.ssm',
  'detail-type': 'Parameter Store Change',
  account: at.account,
  region: at.region,
  resources: [
    `arn:${partitionIn(at.region)}:ssm:${at.region}:${at.account}:parameter/${change.name.replace(/^\//, '')}`,
  ],
  detail: change,
});

/**
 * EventBridge accepts 256 KiB. Step Functions omits the input if input and output, both escaped, are longer than this. It omits
 * the output if the output alone is longer (https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html).
 */
const payloadLimit = 248 * 1024;

export function executionStatusChange(region: string, account: string, execution: Execution): Occurrence {
  const { arn, stateMachineArn, name, status, startDate, stopDate, input, output, error, cause } = execution;
  const { redriveCount, redriveDate } = execution;
  const escaped = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2;
  const withOutput = escaped(output ?? '') <= payloadLimit;
  const withInput = escaped(input) + escaped(output ?? '') <= payloadLimit;
  return {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    account,
    region,
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn,
      name,
      status,
      startDate: startDate.getTime(),
      stopDate: stopDate?.getTime() ?? null,
      input: withInput ? input : null,
      inputDetails: { included: withInput },
      output: withOutput ? (output ?? null) : null,
      outputDetails: output === undefined ? null : { included: withOutput },
      redriveCount,
      redriveDate: redriveDate?.getTime() ?? null,
      redriveStatusReason: null,
      ...redriveStatus(execution, (stopDate ?? startDate).getTime()),
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    },
  };
}
