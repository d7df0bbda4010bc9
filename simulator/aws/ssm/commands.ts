import type {
  CancelCommandRequest,
  GetCommandInvocationRequest,
  ListCommandInvocationsRequest,
  ListCommandsRequest,
  SendCommandRequest,
} from '@aws-sdk/client-ssm';
import { ApiError, type Actions, type Caller } from '../calls/actions.ts';
import { paginate } from '../ec2/pagination.ts';
import { strict } from '../calls/strict.ts';
import { sendCommand, StepRules } from './send-command.ts';
import { describedCommand, describedInvocation, listedInvocation, commandStatus } from './describe-command.ts';
import { tell } from './run-command.ts';
import type { World } from '../state/world.ts';
import type { SsmCommand } from '../state/commands.ts';

const sendParameters = `InstanceIds DocumentName DocumentVersion Parameters TimeoutSeconds Comment OutputS3BucketName OutputS3KeyPrefix
  CloudWatchOutputConfig.CloudWatchLogGroupName CloudWatchOutputConfig.CloudWatchOutputEnabled MaxConcurrency MaxErrors`;
const pages = { max: 50, byDefault: 50, error: 'ValidationException' };

/** The simulated SSM actions that send commands to instances and tell how the commands ended. */
export function commandActions(world: World): Actions {
  const rules = new StepRules(world);
  return {
    SendCommand: strict('ssm:SendCommand', sendParameters, (input: SendCommandRequest, caller) =>
      sendCommand(world, rules, input, caller),
    ),
    GetCommandInvocation: strict(
      'ssm:GetCommandInvocation',
      'CommandId InstanceId PluginName',
      (input: GetCommandInvocationRequest, caller) => getCommandInvocation(world, input, caller),
    ),
    ListCommands: strict(
      'ssm:ListCommands',
      'CommandId InstanceId Filters.key Filters.value MaxResults NextToken',
      (input: ListCommandsRequest, caller) => listCommands(world, input, caller),
    ),
    ListCommandInvocations: strict(
      'ssm:ListCommandInvocations',
      'CommandId InstanceId Filters.key Filters.value Details MaxResults NextToken',
      (input: ListCommandInvocationsRequest, caller) => listCommandInvocations(world, input, caller),
    ),
    CancelCommand: strict('ssm:CancelCommand', 'CommandId InstanceIds', (input: CancelCommandRequest, caller) =>
      cancelCommand(world, input, caller),
    ),
  };
}

function getCommandInvocation(world: World, input: GetCommandInvocationRequest, caller: Caller) {
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
}

function listCommands(world: World, input: ListCommandsRequest, caller: Caller) {
  const { items, NextToken } = paginate(visible(world, caller, input), input, pages);
  return { Commands: items.map(describedCommand), NextToken };
}

function listCommandInvocations(world: World, input: ListCommandInvocationsRequest, caller: Caller) {
  const all = visible(world, caller, input)
    .flatMap((command) => command.invocations)
    .filter((each) => (input.InstanceId ?? each.instance.id) === each.instance.id);
  const { items, NextToken } = paginate(all, input, pages);
  return { CommandInvocations: items.map((each) => listedInvocation(each, input.Details === true)), NextToken };
}

function cancelCommand(world: World, input: CancelCommandRequest, caller: Caller) {
  const { invocations } = existing(world, caller, input.CommandId);
  for (const each of invocations.filter((one) => input.InstanceIds?.includes(one.instance.id) ?? true)) {
    if (each.status === 'Pending') each.finished('Cancelled');
    if (each.status !== 'InProgress') continue;
    each.status = each.details = 'Cancelling';
    tell(world, each);
    const seconds = world.delays.draw('commandCancel', { resource: each.command.id, region: caller.region });
    world.after(seconds, () => each.finished('Cancelled'));
  }
  return {};
}

function visible(world: World, caller: Caller, input: ListCommandsRequest): SsmCommand[] {
  const { commands } = world.region(caller.region);
  const named = input.CommandId === undefined ? [...commands.values()] : [commands.get(input.CommandId) ?? []].flat();
  return named
    .filter((command) => command.owner === caller.account)
    .filter((command) => !input.InstanceId || command.invocations.some((each) => each.instance.id === input.InstanceId))
    .filter((command) => (input.Filters ?? []).every(({ key, value }) => read(command, key) === value))
    .reverse();
}

function existing(world: World, caller: Caller, id: string | undefined): SsmCommand {
  const command = world.region(caller.region).commands.get(id ?? '');
  if (command?.owner === caller.account) return command;
  throw new ApiError('InvalidCommandId', `The command ${id} does not exist`);
}

function read(command: SsmCommand, key: string | undefined): string {
  if (key === 'Status') return commandStatus(command);
  if (key === 'DocumentName') return command.documentName;
  throw new Error(`the simulator does not implement filter ${key} of commands`);
}
