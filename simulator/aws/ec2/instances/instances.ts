import type {
  DescribeInstancesRequest,
  StartInstancesRequest,
  StopInstancesRequest,
  TerminateInstancesRequest,
} from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { instanceStateChange } from '../../events/events.ts';
import { filters, page, strict } from '../../calls/strict.ts';
import { describedInstance, attachedVolumes, describedState } from './describe-instance.ts';
import { selectByFilters, type Fields } from '../filters.ts';
import { paginate } from '../pagination.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import type { Instance, InstanceState } from '../../state/instances.ts';

const isGone = (world: World, instance: Instance) =>
  instance.terminatedAt !== undefined && world.clock.now() - instance.terminatedAt > 3_600_000;

export function instanceById(region: Region, caller: Caller, id: string): Instance {
  if (!/^i-[0-9a-f]+$/.test(id)) throw new ApiError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);
  const instance = region.instances.get(id);
  if (instance?.owner === caller.account) return instance;
  throw new ApiError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
}

const fields: Fields<Instance> = {
  'instance-id': (instance) => instance.id,
  'instance-state-name': (instance) => instance.state,
  'instance-type': (instance) => instance.type,
  'image-id': (instance) => instance.image,
  'client-token': (instance) => instance.clientToken,
  'subnet-id': (instance) => instance.subnet.id,
  'vpc-id': (instance) => instance.subnet.vpc,
  'availability-zone': (instance) => instance.subnet.zone,
  'reservation-id': (instance) => instance.reservation,
  architecture: (instance) => instance.architecture,
};

export function instanceActions(world: World): Actions {
  return {
    DescribeInstances: strict(
      'ec2:DescribeInstances',
      `InstanceIds ${filters} ${page}`,
      (input: DescribeInstancesRequest, caller) => describeInstances(world, input, caller),
    ),
    StopInstances: strict('ec2:StopInstances', 'InstanceIds Force', (input: StopInstancesRequest, caller) =>
      stopInstances(world, input, caller),
    ),
    StartInstances: strict('ec2:StartInstances', 'InstanceIds', (input: StartInstancesRequest, caller) =>
      startInstances(world, input, caller),
    ),
    TerminateInstances: strict('ec2:TerminateInstances', 'InstanceIds', (input: TerminateInstancesRequest, caller) =>
      terminateInstances(world, input, caller),
    ),
  };
}

function describeInstances(world: World, input: DescribeInstancesRequest, caller: Caller) {
  const region = world.region(caller.region);
  const visible = input.InstanceIds?.length
    ? named(world, caller, input.InstanceIds)
    : [...region.instances.values()].filter((each) => each.owner === caller.account && !isGone(world, each));
  const { items, NextToken } = paginate(selectByFilters(visible, input.Filters, fields), input, {
    min: 5,
    max: 1000,
    ids: input.InstanceIds,
  });
  const Reservations = items.map((instance) => ({
    ReservationId: instance.reservation,
    OwnerId: instance.owner,
    Groups: [],
    Instances: [describedInstance(region, instance)],
  }));
  return { Reservations, NextToken };
}

function stopInstances(world: World, input: StopInstancesRequest, caller: Caller) {
  return {
    StoppingInstances: change(
      named(world, caller, input.InstanceIds),
      ['pending', 'shutting-down', 'terminated'],
      'stopped',
      (instance) => {
        // EC2's words: github.com/cloud-custodian/cloud-custodian/issues/8003
        if (instance.spotRequest)
          throw new ApiError(
            'UnsupportedOperation',
            `You can't stop the Spot Instance '${instance.id}' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests.`,
          );
        if (instance.state === 'running') move(world, instance, 'stopping', 'instanceStop', 'stopped');
      },
    ),
  };
}

function startInstances(world: World, input: StartInstancesRequest, caller: Caller) {
  return {
    StartingInstances: change(
      named(world, caller, input.InstanceIds),
      ['stopping', 'shutting-down', 'terminated'],
      'started',
      (instance) => {
        if (instance.state !== 'stopped') return;
        instance.reason = undefined;
        move(world, instance, 'pending', 'instanceRunning', 'running');
      },
    ),
  };
}

function terminateInstances(world: World, input: TerminateInstancesRequest, caller: Caller) {
  return {
    TerminatingInstances: change(named(world, caller, input.InstanceIds), [], 'terminated', (instance) => {
      if (instance.state === 'terminated' || instance.state === 'shutting-down') return;
      instance.reason = {
        Code: 'Client.UserInitiatedShutdown',
        Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
      };
      move(world, instance, 'shutting-down', 'instanceTerminate', 'terminated');
    }),
  };
}

function named(world: World, caller: Caller, ids: string[] | undefined): Instance[] {
  return (ids ?? []).map((id) => {
    const instance = instanceById(world.region(caller.region), caller, id);
    if (!isGone(world, instance)) return instance;
    throw new ApiError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  });
}

/** Changes all instances or none. Every instance is checked before the first is changed. */
function change(instances: Instance[], refused: InstanceState[], verb: string, apply: (instance: Instance) => void) {
  const bad = instances.find((instance) => refused.includes(instance.state));
  if (bad)
    throw new ApiError(
      'IncorrectInstanceState',
      `The instance '${bad.id}' is not in a state from which it can be ${verb}.`,
    );
  return instances.map((instance) => {
    const PreviousState = describedState(instance.state);
    apply(instance);
    return { InstanceId: instance.id, PreviousState, CurrentState: describedState(instance.state) };
  });
}

/** Puts an instance into a transitional state now and the final state later, unless another transition is requested meanwhile. */
export function move(
  world: World,
  instance: Instance,
  passing: InstanceState,
  delay: 'instanceRunning' | 'instanceStop' | 'instanceTerminate' | 'launchRefused',
  lasting: InstanceState,
): void {
  const transition = ++instance.transition;
  enter(world, instance, passing);
  world.after(world.delays.draw(delay, { resource: instance.id, region: instance.region }), () => {
    if (instance.transition === transition) enter(world, instance, lasting);
  });
}

function enter(world: World, instance: Instance, state: InstanceState): void {
  instance.state = state;
  if (state === 'terminated') {
    instance.terminatedAt = world.clock.now();
    releaseDisks(world.region(instance.region), instance);
  }
  world.emit(instanceStateChange(instance));
  for (const listener of world.instanceListeners) listener(instance);
}

function releaseDisks(region: Region, instance: Instance): void {
  region.interfaces.delete(instance.networkInterface);
  for (const volume of attachedVolumes(region, instance.id)) {
    if (volume.attachment?.deleteOnTermination) region.volumes.delete(volume.id);
    volume.attachment = undefined;
    volume.state = 'available';
  }
}
