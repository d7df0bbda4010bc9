// Names the place of each run: the state of a machine, one iteration of a Map, or `wake` for the event of a wait.
import { awaitedIn } from '../../core/build/awaited-event.ts';
import type { Occurrence } from '../../simulator/aws/events/events.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../simulator/states/step-functions.ts';
import { readMachine } from './machines.ts';
import type { FaultScenario, Strike } from './vocabulary.ts';

/** Observations of a place: its calls in order as `ec2:CopyImage@eu-west-1`, and its numbers of runs and of events awaited. */
export interface Observed {
  calls: string[];
  runs: number;
  events: number;
}

export type Item = { region?: string; name?: string; index?: number };

export const buildMachine = readMachine('build-image');

/** A run of a scenario: what was seen of it and what has struck so far. */
export interface Underway {
  scenario: FaultScenario;
  /** The items of each Map, once Resolve has answered. */
  items: Map<string, Item[]>;
  observed: Map<string, Observed>;
  struck: Set<Strike>;
  /** How often each strike has refused a call. */
  throttles: Map<Strike, number>;
  /** Ends the attempt of a payload as Lambda does at its time-out. */
  kills: Map<unknown, () => void>;
  /** The place of each event that called `wake`. */
  woken: WeakMap<object, string>;
  /** Nothing is struck before the simulation begins. */
  begun?: { simulation: Simulation; executions: readonly Execution[] };
}

export const nameIn = (state: string, cleaning: boolean, item?: Item) => {
  const name = item?.region ?? item?.name;
  return `${cleaning ? 'clean-up/' : ''}${state}${name === undefined ? '' : `[${name}]`}`;
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
  const { execution, as, region, name, index } = payload as Item & { execution?: { id: string }; as?: string };
  const map = buildMachine.tasks.find((task) => task.state === state)?.map;
  const item =
    map === undefined
      ? undefined
      : { ...items.get(map)?.[index ?? -1], ...(region && { region }), ...(name && { name }) };
  return nameIn(state, as !== undefined && as !== execution?.id, item);
}

export function see({ observed }: Underway, place: string): Observed {
  const seen = observed.get(place) ?? { calls: [], runs: 0, events: 0 };
  observed.set(place, seen);
  return seen;
}
