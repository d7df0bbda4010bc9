import { jsonAnswer, jsonError, putObject, query, textOf, type HttpAnswer } from '../wire.ts';
import { commandEvent, type LayerEvent } from './events.ts';
import type { CommandEnd, Faults } from './faults.ts';
import type { Progress } from './progress.ts';

/** One SSM call under way between a function and moto. */
export interface SsmCall {
  port: number;
  region: string;
  account: string;
  input: Record<string, unknown>;
  faults: Faults;
  pass: () => Promise<HttpAnswer>;
  scenario: string;
  progress: Progress;
  tell: (event: LayerEvent) => void;
  /** Where SSM writes a command's output, by command. */
  outputs: Map<string, { bucket: string; prefix: string }>;
}

const stateOf = async ({ port, region }: SsmCall, instance: string) => {
  const found = await query(port, region, { Action: 'DescribeInstances', 'InstanceId.1': instance }).catch(() => '');
  return textOf(found.slice(found.indexOf('<instanceState>')), 'name');
};

/** An instance that runs has an agent that answers. */
export async function describeInstanceInformation(call: SsmCall): Promise<HttpAnswer> {
  const filters = (call.input['Filters'] ?? []) as { Key: string; Values: string[] }[];
  const instances = filters.find(({ Key }) => Key === 'InstanceIds')?.Values ?? [];
  const online = await Promise.all(
    instances.map(async (InstanceId) => {
      if ((await stateOf(call, InstanceId)) !== 'running') return [];
      return [{ InstanceId, PingStatus: 'Online', PlatformType: 'Linux', AgentVersion: '3.3.0.0' }];
    }),
  );
  return jsonAnswer({ InstanceInformationList: online.flat() });
}

interface SentCommand {
  CommandId: string;
  Comment: string;
  DocumentName: string;
}

const endOf = ({ faults }: SsmCall, comment: string): CommandEnd =>
  faults.command?.(comment) ?? { exitCode: 0, stdout: 'done\n', stderr: '' };
const statusOf = ({ exitCode }: CommandEnd) => (exitCode === 0 ? 'Success' : 'Failed');

export async function sendCommand(call: SsmCall): Promise<HttpAnswer> {
  const {
    InstanceIds = [],
    OutputS3BucketName = '',
    OutputS3KeyPrefix = '',
  } = call.input as {
    InstanceIds?: string[];
    OutputS3BucketName?: string;
    OutputS3KeyPrefix?: string;
  };
  for (const instance of InstanceIds) {
    if ((await stateOf(call, instance)) !== 'running')
      return jsonError('InvalidInstanceId', `Instances [[${instance}]] not in a valid state for account`);
  }
  const answer = await call.pass();
  if (answer.status >= 300) return answer;
  const { Command } = JSON.parse(answer.body.toString()) as { Command: SentCommand };
  const { CommandId: id, Comment, DocumentName: document } = Command;
  const status = statusOf(endOf(call, Comment));
  call.progress.begin(id, {
    scenario: call.scenario,
    kind: 'command',
    ends() {
      for (const instance of InstanceIds) call.tell(commandEvent(call.region, { id, instance, document, status }));
    },
  });
  call.outputs.set(Command.CommandId, { bucket: OutputS3BucketName, prefix: OutputS3KeyPrefix });
  return { ...answer, body: JSON.stringify({ Command: { ...Command, Status: 'Pending', StatusDetails: 'Pending' } }) };
}

// GetCommandInvocation gives the first 24,000 characters of a stream; the bucket has it all.
const shown = 24_000;
const cut = (text: string) => (text.length > shown ? text.slice(0, shown) : text);

export async function getCommandInvocation(call: SsmCall): Promise<HttpAnswer> {
  const answer = await call.pass();
  if (answer.status >= 300) return answer;
  const invocation = JSON.parse(answer.body.toString()) as Record<string, unknown> & { CommandId: string };
  const {
    CommandId,
    Comment = '',
    InstanceId,
  } = invocation as { CommandId: string; Comment?: string; InstanceId: string };
  if (call.progress.isUnderWay(CommandId))
    return jsonAnswer({ ...invocation, Status: 'InProgress', StatusDetails: 'InProgress', ResponseCode: -1 });
  const end = endOf(call, Comment);
  const Status = statusOf(end);
  const { bucket, prefix } = call.outputs.get(CommandId) ?? { bucket: '', prefix: '' };
  const url = async (stream: 'stdout' | 'stderr') => {
    if (!bucket || !end[stream]) return '';
    const key = `${prefix}/${CommandId}/${InstanceId}/awsrunShellScript/0.awsrunShellScript/${stream}`;
    await putObject(call.port, bucket, key, end[stream]);
    return `https://s3.${call.region}.amazonaws.com/${bucket}/${key}`;
  };
  return jsonAnswer({
    ...invocation,
    Status,
    StatusDetails: Status,
    ResponseCode: end.exitCode,
    StandardOutputContent: cut(end.stdout),
    StandardErrorContent: cut(end.stderr),
    StandardOutputUrl: await url('stdout'),
    StandardErrorUrl: await url('stderr'),
  });
}

/** With data type aws:ec2:image Parameter Store drops, after answering, a value that is no AMI it can describe. */
export async function putParameter(call: SsmCall): Promise<HttpAnswer> {
  const { DataType, Value = '' } = call.input as { DataType?: string; Value?: string };
  if (DataType !== 'aws:ec2:image') return call.pass();
  const { port, region, account } = call;
  const found = await query(port, region, { Action: 'DescribeImages', 'ImageId.1': Value }, { account }).catch(
    () => '',
  );
  return textOf(found, 'imageId') ? call.pass() : jsonAnswer({ Version: 1, Tier: 'Standard' });
}
