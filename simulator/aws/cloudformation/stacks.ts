import type {
  CreateStackInput,
  DeleteStackInput,
  DescribeStackEventsInput,
  DescribeStacksInput,
} from '@aws-sdk/client-cloudformation';
import { ApiError, type Actions, type Caller } from '../calls/actions.ts';
import { required, strict } from '../calls/strict.ts';
import type { EventBus } from '../events/event-bus.ts';
import { uuid } from '../keys.ts';
import { partitionIn } from '../partition.ts';
import type { World } from '../state/world.ts';
import { driftActions } from './stack-drift.ts';
import { makeResources } from './stack-resources.ts';

interface SimulatedStack {
  name: string;
  id: string;
  status: string;
  template: string;
  parameters: Record<string, string>;
  tags: { Key?: string | undefined; Value?: string | undefined }[];
  /** Deletes the resources that the stack has. */
  remove?: () => void;
  events: { LogicalResourceId: string; ResourceStatus: string; ResourceStatusReason?: string }[];
}

/** A default bus has room for 300 rules: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const rulesOfBus = 300;
const wrong = (message: string) => new ApiError('ValidationError', message);
const writes = 'StackName TemplateBody Parameters.ParameterKey Parameters.ParameterValue Tags.Key Tags.Value';

/**
 * The part of CloudFormation that `golden regions` and `golden doctor` call. Errors and statuses are those of
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html and of the pages of the actions. A stack that
 * could not be created is left in ROLLBACK_COMPLETE, and can only be deleted.
 */
export function cloudFormationActions(world: World, events: EventBus): Actions {
  const stacks = new Stacks(world, events);
  const describes = 'StackName';
  return {
    ...driftActions(world, (name, at, message) => stacks.existing(name, at, message)),
    CreateStack: strict('cloudformation:CreateStack', writes, (input: CreateStackInput, at) =>
      stacks.create(input, at),
    ),
    UpdateStack: strict('cloudformation:UpdateStack', writes, (input: CreateStackInput, at) =>
      stacks.update(input, at),
    ),
    DescribeStacks: strict('cloudformation:DescribeStacks', describes, (input: DescribeStacksInput, at) =>
      stacks.describe(input, at),
    ),
    DescribeStackEvents: strict(
      'cloudformation:DescribeStackEvents',
      describes,
      (input: DescribeStackEventsInput, at) => ({
        StackEvents: stacks.existing(input.StackName, at, `Stack [${input.StackName}] does not exist`).events,
      }),
    ),
    DeleteStack: strict('cloudformation:DeleteStack', 'StackName', (input: DeleteStackInput, at) =>
      stacks.delete(input, at),
    ),
  };
}

const keyOf = (name: string, { account, region }: Caller) => `${account} ${region} ${name}`;

const written = ({ TemplateBody, Parameters = [], Tags = [] }: CreateStackInput) => ({
  template: required(TemplateBody, 'TemplateBody', 'ValidationError'),
  parameters: Object.fromEntries(
    Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  ),
  tags: Tags,
});

class Stacks {
  readonly #world: World;
  readonly #events: EventBus;
  readonly #stacks = new Map<string, SimulatedStack>();

  constructor(world: World, events: EventBus) {
    this.#world = world;
    this.#events = events;
  }

  existing(name: string | undefined, caller: Caller, message: string): SimulatedStack {
    const stack = this.#stacks.get(keyOf(required(name, 'StackName', 'ValidationError'), caller));
    if (!stack) throw wrong(message);
    return stack;
  }

  create(input: CreateStackInput, caller: Caller): object {
    const { account, region } = caller;
    const name = required(input.StackName, 'StackName', 'ValidationError');
    const key = keyOf(name, caller);
    if (this.#stacks.has(key)) throw new ApiError('AlreadyExistsException', `Stack [${name}] already exists`);
    const of = `arn:${partitionIn(region)}:cloudformation:${region}:${account}`;
    const id = `${of}:stack/${name}/${uuid('stack', region, name)}`;
    const stack: SimulatedStack = { name, id, status: 'CREATE_IN_PROGRESS', events: [], ...written(input) };
    this.#stacks.set(key, stack);
    this.#settle(stack, caller, () => {
      stack.status = this.#make(stack, caller) ? 'CREATE_COMPLETE' : 'ROLLBACK_COMPLETE';
    });
    return { StackId: id };
  }

  update(input: CreateStackInput, caller: Caller): object {
    const stack = this.existing(input.StackName, caller, `Stack [${input.StackName}] does not exist`);
    if (!/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(stack.status))
      throw wrong(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
    const { template, parameters, tags } = stack;
    const next = written(input);
    if (JSON.stringify(next) === JSON.stringify({ template, parameters, tags }))
      throw wrong('No updates are to be performed.');
    stack.status = 'UPDATE_IN_PROGRESS';
    this.#settle(stack, caller, () => {
      stack.remove?.();
      Object.assign(stack, next);
      stack.status = this.#make(stack, caller) ? 'UPDATE_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE';
    });
    return { StackId: stack.id };
  }

  describe({ StackName }: DescribeStacksInput, caller: Caller): object {
    const stack = this.existing(StackName, caller, `Stack with id ${StackName} does not exist`);
    const { name, id, status, tags, parameters } = stack;
    const Parameters = Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    }));
    return { Stacks: [{ StackName: name, StackId: id, StackStatus: status, Tags: tags, Parameters }] };
  }

  /** Succeeds if there is no such stack, too. */
  delete({ StackName = '' }: DeleteStackInput, caller: Caller): object {
    const stack = this.#stacks.get(keyOf(StackName, caller));
    if (!stack) return {};
    stack.status = 'DELETE_IN_PROGRESS';
    this.#settle(stack, caller, () => {
      stack.remove?.();
      this.#stacks.delete(keyOf(StackName, caller));
    });
    return {};
  }

  #settle(stack: SimulatedStack, { region }: Caller, work: () => void): void {
    this.#world.after(this.#world.delays.draw('stackChange', { resource: stack.name, region }), work);
  }

  /** Makes the resources of a stack. Returns false if they cannot be made, and leaves an event that says why. */
  #make(stack: SimulatedStack, caller: Caller): boolean {
    if (this.#events.rulesOn(caller.account, caller.region) >= rulesOfBus) {
      const ResourceStatusReason =
        'The requested resource exceeds the maximum number allowed. (Service: EventBridge, Status Code: 400, Request ID: 7c1d9a52-0000-4000-8000-000000000001)';
      stack.events.unshift({ LogicalResourceId: 'CopyEnded', ResourceStatus: 'CREATE_FAILED', ResourceStatusReason });
      return false;
    }
    stack.remove = makeResources(JSON.parse(stack.template), stack.parameters, { ...caller, events: this.#events });
    return true;
  }
}
