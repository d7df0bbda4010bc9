// Names the place of each run: the state of a machine, one iteration of a Map, or `wake` for the event of a wait.
import { awaitedIn } from '../../core/build/awaited-event.ts';
import type { Occurrence } from '../../simulator/aws/events/events.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../simulator/states/step-functions.ts';
import { machineNames, struckMachines, readMachine, type MachineName } from './machines.ts';
import type { FaultScenario, Strike } from './vocabulary.ts';

/** Observations of a place: its calls in order as `ec2:CopyImage@eu-west-1`, and its numbers of runs and of events awaited. */
export interface Observed {
  calls: string[];
  runs: number;
  events: number;
}

export type Item = { region?: string; name?: string; index?: number };

const read = machineNames.map((name) => [name, readMachine(name)] as const);

/** The input key that each Map of any machine iterates over. */
export const itemsOf: ReadonlyMap<string, string> = new Map(read.flatMap(([, { itemsOf: of }]) => [...of]));

/** Seconds between the heartbeats of each state that waits. */
export const heartbeats: ReadonlyMap<string, number> = new Map(
  read.flatMap(([, { tasks }]) => tasks.map(({ state, heartbeat = 0 }) => [state, heartbeat] as const)),
);

const nameOf = (machine: MachineName, state: string) => `${struckMachines[machine]}${state}`;

/** The Map around each state, by the name of its place. */
const mapOf = new Map(
  read.flatMap(([machine, { tasks }]) => tasks.map(({ state, map }) => [nameOf(machine, state), map] as const)),
);

// The first machine that has a state counts. Only a clean-up and a plan have states of a build, and their payloads show that.
const machineWith = new Map(
  read.toReversed().flatMap(([machine, { tasks }]) => tasks.map(({ state }) => [state, machine] as const)),
);

interface Payload extends Item {
  execution?: { id: string };
  as?: string;
  rehearsal?: object;
}

function machineOfRun(state: string, { execution, as, rehearsal }: Payload): MachineName {
  if (as !== undefined && as !== execution?.id) return 'clean-up-build';
  return rehearsal === undefined ? (machineWith.get(state) ?? 'build-image') : 'plan-build';
}

/** A run of a scenario: what was seen of it and what has struck so far. */
export interface Underway {
  scenario: FaultScenario;
  /** The items of each Map, once the first state of its machine has answered. */
  items: Map<string, Item[]>;
  observed: Map<string, Observed>;
  struck: Set<Strike>;
  /** How often each strike has refused a call. */
  throttles: Map<Strike, number>;
  /** Ends the attempt of a payload as Lambda does at its time-out. */
  kills: Map<unknown, () => void>;
  /** The place of each event that called `wake`. */
  woken: WeakMap<object, string>;
  /** Nothing is struck before the simulation begins, and while it is absent. */
  begun?: { simulation: Simulation; executions: readonly Execution[] };
}

export const nameIn = (state: string, machine: MachineName, item?: Item) => {
  const name = item?.region ?? item?.name;
  return `${nameOf(machine, state)}${name === undefined ? '' : `[${name}]`}`;
};

/** The state that waits for the thing of an event, as a place. */
export function waitFor(underway: Underway, event: Occurrence): string | undefined {
  const awaited = awaitedIn(event);
  const waiting = awaited && underway.begun?.simulation.read(awaited, 'wait');
  return waiting && placeOf(underway, waiting.state, waiting.input);
}

function placeOfWake(underway: Underway, event: Occurrence): string {
  // The document can change during the run.
  const place = underway.woken.get(event) ?? `wake/${waitFor(underway, event) ?? 'nobody'}`;
  underway.woken.set(event, place);
  return place;
}

export function placeOf(underway: Underway, state: string, payload: unknown): string {
  if (state === 'Wake') return placeOfWake(underway, payload as Occurrence);
  const { items } = underway;
  const { region, name, index, ...rest } = (payload ?? {}) as Payload;
  const machine = machineOfRun(state, rest);
  const map = mapOf.get(nameOf(machine, state));
  const item =
    map === undefined
      ? undefined
      : { ...items.get(map)?.[index ?? -1], ...(region && { region }), ...(name && { name }) };
  return nameIn(state, machine, item);
}

export function see({ observed }: Underway, place: string): Observed {
  const seen = observed.get(place) ?? { calls: [], runs: 0, events: 0 };
  observed.set(place, seen);
  return seen;
}
