import type { EventFate } from '../../simulator/aws/events/event-bus.ts';
import {
  crash,
  timeOut,
  type Interfered,
  type InterferedCall,
  type Interference,
} from '../../simulator/pipeline/interference.ts';
import { createRandom } from '../../simulator/random.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../simulator/states/step-functions.ts';
import { machineNames } from './machines.ts';
import {
  heartbeats,
  itemsOf,
  nameIn,
  placeOf,
  see,
  waitFor,
  type Item,
  type Observed,
  type Underway,
} from './places.ts';
import { refuseCall, throttle } from './refusals.ts';
import { pipelineHome, shapeOf } from './setting.ts';
import {
  fullness,
  isStop,
  machineOf,
  stateOfPlace,
  type Fault,
  type FaultScenario,
  type Strike,
} from './vocabulary.ts';

export interface Striking {
  interference: Interference;
  /** Hands over the simulation to interfere with. */
  begin: (simulation: Simulation, executions: readonly Execution[]) => void;
  /** Strikes nothing until the next begin. */
  pause: () => void;
  observed: Map<string, Observed>;
  struck: Set<Strike>;
}

export const isOf = ({ stateMachineArn }: Execution, machine: string): boolean =>
  stateMachineArn.endsWith(`-${machine}`);

const machineOfExecution = (execution: Execution) =>
  machineNames.find((name) => isOf(execution, name)) ?? 'build-image';

/** Turns the strikes of a scenario into interference with a simulation. */
export function createStriking(scenario: FaultScenario, watch: (call: InterferedCall) => void): Striking {
  const underway: Underway = {
    scenario,
    items: new Map(),
    observed: new Map(),
    struck: new Set(),
    throttles: new Map(),
    kills: new Map(),
    woken: new WeakMap(),
  };
  return {
    interference: {
      invoke: invocationsOf(underway),
      call: callsOf(underway, watch),
      event: eventsOf(underway),
      enter: entriesOf(underway),
    },
    begin: (simulation, executions) => void (underway.begun = { simulation, executions }),
    pause: () => void delete underway.begun,
    observed: underway.observed,
    struck: underway.struck,
  };
}

// A role is the same in a build and in its clean-up. A plan tries calls of a build, which count as other ones.
const isDenied = ({ place, at }: Strike, state: string, here: string, action: string, region: string) =>
  (place === here ||
    (!place.includes('[') &&
      stateOfPlace(place) === state &&
      (machineOf(place) === 'plan-build') === (machineOf(here) === 'plan-build'))) &&
  (at === action || at === `${action}@${region}`);

/** Ends the execution of a place from outside. */
function end({ begun }: Underway, { place, fault }: Strike): void {
  const dying = begun?.executions.findLast((one) => one.status === 'RUNNING' && isOf(one, machineOf(place)));
  if (!dying || !begun) return;
  const { clock, stepFunctions } = begun.simulation;
  clock.at(clock.now(), () => stepFunctions.end(dying.arn, fault === 'stopped' ? 'ABORTED' : 'TIMED_OUT'));
}

/** The effect of a strike on a call of its place; `ordinal` counts the calls. */
function fateOf(
  underway: Underway,
  strike: Strike,
  { service, action, payload }: InterferedCall,
  ordinal: number,
): Interfered | undefined {
  const { struck, throttles, kills, begun } = underway;
  const hit = <T>(fate: T): T => {
    struck.add(strike);
    return fate;
  };
  const { fault, at } = strike;
  const isAction = at === `${service}:${action}`;
  const isCall = ordinal === at || (isAction && !struck.has(strike));
  const times = throttles.get(strike) ?? 0;
  switch (fault) {
    case 'throttled':
      if (times === 5 || (at !== undefined && !isAction)) return undefined;
      throttles.set(strike, times + 1);
      return hit(throttle(service));
    case 'lost-answer':
      return isCall ? hit('after') : undefined;
    case 'server-error':
      return isCall ? hit({ error: 'InternalError', effect: false }) : undefined;
    case 'time-out':
      if (isCall) hit(kills.get(payload)?.());
      return undefined;
    case 'full':
      if (!isAction || times === 3) return undefined;
      throttles.set(strike, times + 1);
      return hit({ error: fullness[`${service}:${action}`] ?? '', effect: false });
    case 'taken-away': {
      if (!isCall || !begun) return undefined;
      const role = stateOfPlace(strike.place) === 'Launch' ? 'builder' : 'candidate';
      // A Spot Instance is taken back in the middle of a step.
      const dies =
        role === 'builder' && shapeOf(underway.scenario).spot
          ? { afterSeconds: 90, reason: 'Server.SpotInstanceTermination: no more' }
          : { afterSeconds: 3, reason: 'Server.InternalError: Internal error on launch' };
      begun.simulation.cloud.world.rules.instances.push({ role, dies, times: 1 });
      return hit(undefined);
    }
    case 'lost-token':
      if (!/^SendTask(Success|Failure)$/.test(action) || struck.has(strike)) return undefined;
      return hit('dropped');
    case 'stopped':
    case 'timed-out':
      if (isCall && !struck.has(strike)) hit(end(underway, strike));
      return undefined;
    case 'denied': // by role, not by place
    case 'crash-before':
    case 'crash-after':
    case 'lost-heartbeat':
    case 'event-lost':
    case 'event-doubled':
    case 'event-late':
      return undefined; // not about the calls of a run
  }
}

/** Interferes with the AWS calls of functions. */
function callsOf(underway: Underway, watch: (call: InterferedCall) => void): Required<Interference>['call'] {
  const { strikes, throttled = 0, seed = 1 } = underway.scenario;
  const chance = createRandom(seed, 'throttled');
  return (made) => {
    const { by, payload, service, action, region } = made;
    if (by === undefined || !underway.begun) return undefined;
    watch(made);
    const place = placeOf(underway, by, payload);
    const { calls } = see(underway, place);
    calls.push(`${service}:${action}@${region}`);
    for (const strike of strikes) {
      if (strike.fault === 'denied' && isDenied(strike, by, place, `${service}:${action}`, region)) {
        underway.struck.add(strike);
        return refuseCall(service, action);
      }
      const fate = strike.place === place ? fateOf(underway, strike, made, calls.length) : undefined;
      if (fate !== undefined) return fate;
    }
    return throttled > 0 && chance.next() < throttled ? throttle(service) : undefined;
  };
}

/** Interferes with the attempts of Task states. */
function invocationsOf(underway: Underway): Required<Interference>['invoke'] {
  const { struck, kills, items } = underway;
  return async (state, _attempt, work, payload, clock) => {
    if (!underway.begun) return work();
    const place = placeOf(underway, state, payload);
    const nth = ++see(underway, place).runs;
    const striking = (fault: string) => {
      const strike = underway.scenario.strikes.find(
        (one) => one.place === place && one.fault === fault && one.at === nth,
      );
      if (strike) struck.add(strike);
      return strike !== undefined;
    };
    if (striking('crash-before')) throw crash();
    // This is longer than the heartbeat: the next look is under way when this one begins its work, and nothing waits for its
    // token any more.
    if (striking('lost-heartbeat')) await clock.sleep((heartbeats.get(state) ?? 0) * 1000 + 1000);
    const killed = new Promise<never>((_, failed) => kills.set(payload, () => failed(timeOut(60))));
    const result = await Promise.race([killed, work()]);
    kills.delete(payload);
    if (striking('crash-after')) throw crash();
    if (state.startsWith('Resolve'))
      for (const [map, key] of itemsOf) {
        const { [key]: list } = result as Record<string, Item[] | undefined>;
        if (list) items.set(map, list);
      }
    return result;
  };
}

// Late enough that the state has ended, and early enough to come before the trial ends.
const fates: Partial<Record<Fault, EventFate>> = {
  'event-lost': 'lost',
  'event-doubled': 'doubled',
  'event-late': { lateSeconds: 1500 },
};

/** Interferes with the events of things that states wait for. */
const eventsOf =
  (underway: Underway): Required<Interference>['event'] =>
  (event) => {
    // Events of other regions wake nobody, unless stacks send them.
    const place =
      underway.begun && (event.region === pipelineHome || underway.scenario.told)
        ? waitFor(underway, event)
        : undefined;
    if (place === undefined) return undefined;
    see(underway, place).events++;
    const strike = underway.scenario.strikes.find(
      (one) => fates[one.fault] !== undefined && (one.place === place || one.place === 'Wake'),
    );
    if (strike) underway.struck.add(strike);
    return strike && fates[strike.fault];
  };

/** Ends executions when they enter a state. */
const entriesOf =
  (underway: Underway): Required<Interference>['enter'] =>
  (state, _visit, { execution, path }) => {
    if (!underway.begun) return undefined;
    const [around] = path.map ?? [];
    const item = around && underway.items.get(around.state)?.[around.index];
    const place = nameIn(state, machineOfExecution(execution), item);
    const strike = underway.scenario.strikes.find(
      (one) => isStop(one) && one.at === undefined && one.place === place && !underway.struck.has(one),
    );
    if (!strike) return undefined;
    underway.struck.add(strike);
    return strike.fault === 'stopped' ? 'ABORTED' : 'TIMED_OUT';
  };
