import type {
  CancelCommandRequest,
  GetCommandInvocationRequest,
  ListCommandInvocationsRequest,
  ListCommandsRequest,
  SendCommandRequest,
} from '@aws-sdk/client-ssm';
import { ApiError, type Actions, type Caller } from '../calls/actions.ts';
import { paginate } from '../ec2/pagination.ts';
import { uuid } from '../keys.ts';
import type { Scenario } from '../../pipeline/scenario.ts';
import { strict } from '../calls/strict.ts';
import { describedCommand, describedInvocation, listedInvocation, statusOf } from './describe-command.ts';
import { documentOf } from './documents.ts';
import { parameterValues, scriptIn } from './parameter-values.ts';
import { runOn, tell } from './run-command.ts';
import type { World } from '../state/world.ts';
import type { Command } from '../state/commands.ts';

const sendParameters = `InstanceIds DocumentName DocumentVersion Parameters TimeoutSeconds Comment OutputS3BucketName OutputS3KeyPrefix
  CloudWatchOutputConfig.CloudWatchLogGroupName CloudWatchOutputConfig.CloudWatchOutputEnabled MaxConcurrency MaxErrors`;
const pages = { max: 50, byDefault: 50, error: 'ValidationException' };

export function commandActions(world: World): Actions {
  const used = new Map<Scenario['commands'][number], number>();
  /** The scenario's rule for a step: the first one that is not used up. */
  const ruleFor = (step: string) => {
    const rule = world.rules.commands.find(
      (each) => each.step === step && (used.get(each) ?? 0) < (each.times ?? Infinity),
    );
    if (rule) used.set(rule, (used.get(rule) ?? 0) + 1);
    if (rule) world.hits.add(rule);
    return rule;
  };
  const visible = (caller: Caller, input: ListCommandsRequest) =>
    [...world.region(caller.region).commands.values()]
      .filter((command) => command.owner === caller.account)
      .filter((command) => input.CommandId === undefined || command.id === input.CommandId)
      .filter(
        (command) => !input.InstanceId || command.invocations.some((each) => each.instance.id === input.InstanceId),
      )
      .filter((command) => (input.Filters ?? []).every(({ key, value }) => read(command, key) === value))
      .reverse();
  const existing = (caller: Caller, id: string | undefined) => {
    const command = world.region(caller.region).commands.get(id ?? '');
    if (command?.owner === caller.account) return command;
    throw new ApiError('InvalidCommandId', `The command ${id} does not exist`);
  };
  return {
    SendCommand: strict('ssm:SendCommand', sendParameters, (input: SendCommandRequest, caller) => {
      const region = world.region(caller.region);
      const document = documentOf(input);
      const ids = input.InstanceIds ?? [];
      if (ids.length < 1 || ids.length > 50)
        throw new ApiError('ValidationException', 'InstanceIds must have 1 to 50 members');
      const agents = ids
        .map((id) => region.agents.get(id))
        .filter((agent) => agent?.online && agent.instance.owner === caller.account);
      if (agents.length < ids.length) {
        throw new ApiError(
          'InvalidInstanceId',
          `Instances [[${ids.join(', ')}]] not in a valid state for account ${caller.account}`,
        );
      }
      const parameters = parameterValues(
        input.Parameters ?? {},
        (name) => region.parameters.get(name)?.versions.at(-1)?.value,
      );
      const comment = input.Comment ?? '';
      const step = comment.slice(comment.indexOf(' ') + 1);
      const command: Command = {
        id: uuid('command', world.newId('command', region.name)),
        owner: caller.account,
        region: region.name,
        documentName: input.DocumentName ?? '',
        documentVersion: input.DocumentVersion ?? '$DEFAULT',
        document,
        comment,
        step,
        parameters: input.Parameters ?? {},
        script: scriptIn(parameters['commands'] ?? []),
        timeoutSeconds: input.TimeoutSeconds ?? 3600,
        executionTimeout: Number(input.Parameters?.[document.timeout ?? '']?.[0] ?? 3600),
        outputBucket: input.OutputS3BucketName,
        outputPrefix: input.OutputS3KeyPrefix,
        cloudWatch: input.CloudWatchOutputConfig,
        maxConcurrency: input.MaxConcurrency ?? '50',
        maxErrors: input.MaxErrors ?? '0',
        sentAt: world.clock.now(),
        rule: ruleFor(step),
        invocations: [],
      };
      region.commands.set(command.id, command);
      command.invocations = agents.map((agent) => runOn(world, command, agent!.instance, agent!));
      return { Command: describedCommand(command) };
    }),
    GetCommandInvocation: strict(
      'ssm:GetCommandInvocation',
      'CommandId InstanceId PluginName',
      (input: GetCommandInvocationRequest, caller) => {
        const command = world.region(caller.region).commands.get(input.CommandId ?? '');
        const invocation = command?.invocations.find((each) => each.instance.id === input.InstanceId);
        if (!invocation || command?.owner !== caller.account || invocation.visibleAt > world.clock.now()) {
          throw new ApiError(
            'InvocationDoesNotExist',
            'The command ID and managed node ID you specified did not match any invocations.',
          );
        }
        if (command.document.severalSteps && input.PluginName === undefined)
          throw new ApiError('InvalidPluginName', 'The plugin name is not valid.');
        return describedInvocation(invocation);
      },
    ),
    ListCommands: strict(
      'ssm:ListCommands',
      'CommandId InstanceId Filters.key Filters.value MaxResults NextToken',
      (input: ListCommandsRequest, caller) => {
        const { items, NextToken } = paginate(visible(caller, input), input, pages);
        return { Commands: items.map(describedCommand), NextToken };
      },
    ),
    ListCommandInvocations: strict(
      'ssm:ListCommandInvocations',
      'CommandId InstanceId Filters.key Filters.value Details MaxResults NextToken',
      (input: ListCommandInvocationsRequest, caller) => {
        const all = visible(caller, input)
          .flatMap((command) => command.invocations)
          .filter((each) => (input.InstanceId ?? each.instance.id) === each.instance.id);
        const { items, NextToken } = paginate(all, input, pages);
        return { CommandInvocations: items.map((each) => listedInvocation(each, input.Details === true)), NextToken };
      },
    ),
    CancelCommand: strict('ssm:CancelCommand', 'CommandId InstanceIds', (input: CancelCommandRequest, caller) => {
      const { invocations } = existing(caller, input.CommandId);
      for (const each of invocations.filter((one) => input.InstanceIds?.includes(one.instance.id) ?? true)) {
        if (each.status === 'Pending') each.finished('Cancelled');
        if (each.status !== 'InProgress') continue;
        each.status = each.details = 'Cancelling';
        tell(world, each);
        const seconds = world.delays.draw('commandCancel', { resource: each.command.id, region: caller.region });
        world.after(seconds, () => each.finished('Cancelled'));
      }
      return {};
    }),
  };
}

function read(command: Command, key: string | undefined): string {
  if (key === 'Status') return statusOf(command);
  if (key === 'DocumentName') return command.documentName;
  throw new Error(`the simulator does not implement filter ${key} of commands`);
}
