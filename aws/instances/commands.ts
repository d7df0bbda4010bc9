import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { deliverySeconds, type Command } from '../../core/guest/command.ts';
import { Failure } from '../../core/errors.ts';
import { ask, everyPage } from '../errors.ts';
import type { CommandState } from '../../core/guest/steps/command-state.ts';
import type { Connection } from '../connection.ts';

/** Whether the SSM agent of an instance answers. */
export async function agentOnline(aws: Connection, instance: string): Promise<boolean> {
  const answer = await ask({ action: 'ssm:DescribeInstanceInformation', region: aws.region, about: instance }, () =>
    aws
      .client(SSMClient)
      .send(new DescribeInstanceInformationCommand({ Filters: [{ Key: 'InstanceIds', Values: [instance] }] })),
  );
  return answer.InstanceInformationList?.[0]?.PingStatus === 'Online';
}

/** A command that was sent to an instance. */
export interface ListedCommand {
  command: string;
  comment: string;
}

/** Every command that was sent to an instance. */
export async function listCommands(aws: Connection, instance: string): Promise<ListedCommand[]> {
  const ssm = aws.client(SSMClient);
  const commands = await ask({ action: 'ssm:ListCommands', region: aws.region, about: instance }, () =>
    everyPage(
      (NextToken) => ssm.send(new ListCommandsCommand({ InstanceId: instance, MaxResults: 50, NextToken })),
      ({ Commands }) => Commands,
    ),
  );
  return commands.flatMap(({ Comment = '', CommandId }) =>
    CommandId ? [{ command: CommandId, comment: Comment }] : [],
  );
}

/**
 * Sends a command in one attempt: after a lost answer, a retry would make SSM run the command again.
 * @returns the command's id. @throws AwsTransient also while the instance's agent does not answer.
 */
export async function sendCommand(
  aws: Connection,
  instance: string,
  { document, version, parameters }: Command,
  comment: string,
  output: { bucket: string; prefix: string },
): Promise<string> {
  const answer = await ask(
    { action: 'ssm:SendCommand', region: aws.region, about: `${document} to ${instance}` },
    () =>
      aws.client(SSMClient, aws.region, 1).send(
        new SendCommandCommand({
          InstanceIds: [instance],
          DocumentName: document,
          DocumentVersion: version,
          Parameters: parameters,
          Comment: comment,
          TimeoutSeconds: deliverySeconds,
          OutputS3BucketName: output.bucket,
          OutputS3KeyPrefix: output.prefix,
        }),
      ),
    {
      'not yet': () => {
        throw new Failure(
          'AwsTransient',
          `the SSM agent of ${instance} in ${aws.region} does not answer, so "${comment}" cannot be sent yet`,
        );
      },
    },
  );
  return answer.Command?.CommandId ?? '';
}

export interface Invocation extends CommandState {
  stdout: string;
  stderr: string;
  /** URL of the whole output: https://s3.<region>.amazonaws.com/<bucket>/<key>. */
  stdoutUrl: string;
  stderrUrl: string;
}

/** The state of a command on its instance; undefined while SSM does not know the invocation yet. */
export async function readInvocation(
  aws: Connection,
  command: string,
  instance: string,
): Promise<Invocation | undefined> {
  const answer = await ask(
    { action: 'ssm:GetCommandInvocation', region: aws.region, about: `${command} on ${instance}` },
    () => aws.client(SSMClient).send(new GetCommandInvocationCommand({ CommandId: command, InstanceId: instance })),
    { InvocationDoesNotExist: () => undefined, InvalidPluginName: () => 'of several steps' as const },
  );
  if (answer === 'of several steps') return readSteps(aws, command, instance);
  return (
    answer && {
      status: answer.Status ?? 'Pending',
      details: answer.StatusDetails ?? '',
      exitCode: answer.ResponseCode,
      stdout: answer.StandardOutputContent ?? '',
      stderr: answer.StandardErrorContent ?? '',
      stdoutUrl: answer.StandardOutputUrl ?? '',
      stderrUrl: answer.StandardErrorUrl ?? '',
    }
  );
}

// GetCommandInvocation requires a step's name if a document has several steps. This call asks for all steps.
async function readSteps(aws: Connection, CommandId: string, InstanceId: string): Promise<Invocation | undefined> {
  const answer = await ask(
    { action: 'ssm:ListCommandInvocations', region: aws.region, about: `${CommandId} on ${InstanceId}` },
    () => aws.client(SSMClient).send(new ListCommandInvocationsCommand({ CommandId, InstanceId, Details: true })),
  );
  const invocation = answer.CommandInvocations?.[0];
  if (!invocation) return undefined;
  const failed = invocation.CommandPlugins?.find(({ Status }) => Status === 'Failed' || Status === 'TimedOut');
  // github.com/aws/amazon-ssm-agent, agent/contracts/plugin_output.go
  const [stdout = '', stderr = ''] = (failed?.Output ?? '').split('\n----------ERROR-------\n');
  return {
    status: invocation.Status ?? 'Pending',
    details: `${invocation.StatusDetails}${failed ? ` in its step ${failed.Name}` : ''}`,
    exitCode: failed?.ResponseCode,
    stdout,
    stderr,
    stdoutUrl: failed?.StandardOutputUrl ?? '',
    stderrUrl: failed?.StandardErrorUrl ?? '',
  };
}
