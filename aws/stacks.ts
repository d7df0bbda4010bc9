import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { DescribedStack } from '../core/deployment/region-stack.ts';
import type { Connection } from './connection.ts';
import { ask } from './errors.ts';

/** A stack to be made, as CreateStack and UpdateStack take it. */
export interface WantedStack {
  name: string;
  /** The template as a text. */
  template: string;
  parameters: Record<string, string>;
  tags: Record<string, string>;
}

/** A stack by its name; undefined if there is none, or none any more. */
export async function describeStack(
  aws: Connection,
  region: string,
  StackName: string,
): Promise<DescribedStack | undefined> {
  const answer = await ask(
    { action: 'cloudformation:DescribeStacks', region, about: StackName },
    () => aws.client(CloudFormationClient, region).send(new DescribeStacksCommand({ StackName })),
    { gone: () => undefined },
  );
  const stack = answer?.Stacks?.[0];
  return (
    stack && {
      status: stack.StackStatus ?? '',
      reason: stack.StackStatusReason,
      tags: Object.fromEntries((stack.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    }
  );
}

const inputOf = ({ name, template, parameters, tags }: WantedStack) => ({
  StackName: name,
  TemplateBody: template,
  Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
  Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
});

/** Begins to make a stack. A stack of that name that somebody has begun meanwhile is no failure. */
export async function createStack(aws: Connection, region: string, wanted: WantedStack): Promise<void> {
  await ask(
    { action: 'cloudformation:CreateStack', region, about: wanted.name },
    () => aws.client(CloudFormationClient, region).send(new CreateStackCommand(inputOf(wanted))),
    { answer: () => undefined },
  );
}

/** Begins to update a stack, unless there is nothing to update. */
export async function updateStack(aws: Connection, region: string, wanted: WantedStack): Promise<void> {
  await ask(
    { action: 'cloudformation:UpdateStack', region, about: wanted.name },
    () => aws.client(CloudFormationClient, region).send(new UpdateStackCommand(inputOf(wanted))),
    { answer: () => undefined },
  );
}

/** Begins to delete a stack. */
export async function deleteStack(aws: Connection, region: string, StackName: string): Promise<void> {
  await ask({ action: 'cloudformation:DeleteStack', region, about: StackName }, () =>
    aws.client(CloudFormationClient, region).send(new DeleteStackCommand({ StackName })),
  );
}

/** Why the newest operation of a stack failed: the first resource that failed, in CloudFormation's words. */
export async function stackFailure(aws: Connection, region: string, StackName: string): Promise<string | undefined> {
  const { StackEvents = [] } = await ask(
    { action: 'cloudformation:DescribeStackEvents', region, about: StackName },
    () => aws.client(CloudFormationClient, region).send(new DescribeStackEventsCommand({ StackName })),
  );
  // The newest event comes first. Later failures follow from the first one.
  const failed = StackEvents.filter(({ ResourceStatus = '' }) => ResourceStatus.endsWith('_FAILED')).at(-1);
  return failed && `${failed.LogicalResourceId} ${failed.ResourceStatus}: ${failed.ResourceStatusReason}`;
}
