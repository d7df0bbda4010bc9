import { isoTime } from '../../clock.ts';
import type { SsmCommand, CommandInvocation } from '../state/commands.ts';

const cut = (text: string, length: number) =>
  text.length <= length ? text : `${text.slice(0, length)}\n--output truncated--`;

const isOver = ({ status }: CommandInvocation) => !['Pending', 'InProgress', 'Cancelling'].includes(status);

/** The status of a command: the common status of its invocations, InProgress until all have ended, then the worst. */
export function commandStatus({ invocations }: SsmCommand): string {
  const statuses = invocations.map((each) => each.status);
  if (new Set(statuses).size === 1) return statuses[0]!;
  if (!invocations.every(isOver)) return 'InProgress';
  return (
    ['Failed', 'TimedOut', 'Cancelled'].find((status) => statuses.includes(status as CommandInvocation['status'])) ??
    'Success'
  );
}

export function describedCommand(command: SsmCommand) {
  const { invocations } = command;
  const count = (...statuses: string[]) => invocations.filter((each) => statuses.includes(each.status)).length;
  const status = invocations.length === 0 ? 'Pending' : commandStatus(command);
  return {
    CommandId: command.id,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    Comment: command.comment,
    Parameters: command.parameters,
    InstanceIds: invocations.map((each) => each.instance.id),
    Targets: [],
    RequestedDateTime: new Date(command.sentAt),
    ExpiresAfter: new Date(command.sentAt + (command.timeoutSeconds + command.executionTimeout) * 1000),
    Status: status,
    StatusDetails: invocations.length === 1 ? invocations[0]!.details : status,
    OutputS3Region: command.region,
    OutputS3BucketName: command.outputBucket ?? '',
    OutputS3KeyPrefix: command.outputPrefix ?? '',
    CloudWatchOutputConfig: command.cloudWatch ?? { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    TargetCount: invocations.length,
    CompletedCount: invocations.filter(isOver).length,
    ErrorCount: count('Failed', 'TimedOut'),
    DeliveryTimedOutCount: invocations.filter((each) => each.details === 'Delivery Timed Out').length,
    ServiceRole: '',
    TimeoutSeconds: command.timeoutSeconds,
  };
}

function urls(invocation: CommandInvocation) {
  const { outputBucket, region } = invocation.command;
  if (outputBucket === undefined) return { StandardOutputUrl: '', StandardErrorUrl: '' };
  const base = `https://s3.${region}.amazonaws.com/${outputBucket}/${outputPath(invocation)}`;
  return { StandardOutputUrl: `${base}/stdout`, StandardErrorUrl: `${base}/stderr` };
}

const pluginOf = (invocation: CommandInvocation) => `aws:${outputPath(invocation).split('/').at(-2)!.slice(3)}`;

export function describedInvocation(invocation: CommandInvocation) {
  const { command, instance, startedAt, endedAt } = invocation;
  return {
    CommandId: command.id,
    InstanceId: instance.id,
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    PluginName: pluginOf(invocation),
    ResponseCode: invocation.responseCode,
    ExecutionStartDateTime: startedAt === undefined ? '' : isoTime(startedAt),
    ExecutionEndDateTime: startedAt === undefined || endedAt === undefined ? '' : isoTime(endedAt),
    ExecutionElapsedTime: startedAt === undefined || endedAt === undefined ? '' : `PT${(endedAt - startedAt) / 1000}S`,
    Status: invocation.status,
    StatusDetails: invocation.details,
    StandardOutputContent: cut(invocation.stdout, 24_000),
    StandardErrorContent: cut(invocation.stderr, 8_000),
    ...urls(invocation),
    CloudWatchOutputConfig: command.cloudWatch ?? { CloudWatchLogGroupName: '', CloudWatchOutputEnabled: false },
  };
}

export function listedInvocation(invocation: CommandInvocation, withPlugins: boolean) {
  const { command, instance, startedAt, endedAt } = invocation;
  const plugin = {
    Name: pluginOf(invocation),
    Status: invocation.status,
    StatusDetails: invocation.details,
    ResponseCode: invocation.responseCode,
    ResponseStartDateTime: startedAt === undefined ? undefined : new Date(startedAt),
    ResponseFinishDateTime: endedAt === undefined ? undefined : new Date(endedAt),
    Output: cut(
      `${invocation.stdout}${invocation.stderr ? `\n----------ERROR-------\n${invocation.stderr}` : ''}`,
      2_500,
    ),
    ...urls(invocation),
    OutputS3Region: command.region,
    OutputS3BucketName: command.outputBucket ?? '',
    OutputS3KeyPrefix: command.outputPrefix ?? '',
  };
  return {
    CommandId: command.id,
    InstanceId: instance.id,
    InstanceName: '',
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: command.documentVersion,
    RequestedDateTime: new Date(command.sentAt),
    Status: invocation.status,
    StatusDetails: invocation.details,
    ...urls(invocation),
    CommandPlugins: withPlugins ? [plugin] : [],
    ServiceRole: '',
  };
}

export function outputPath({ command, instance, failedStep }: CommandInvocation): string {
  const script = command.document.output[instance.system === 'Windows' ? 'Windows' : 'Linux'];
  const plugin = failedStep ? `aws${failedStep}/${failedStep}` : script;
  return [...(command.outputPrefix ? [command.outputPrefix] : []), command.id, instance.id, plugin].join('/');
}
