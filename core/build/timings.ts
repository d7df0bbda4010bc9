import type { CaughtError } from '../report/failure.ts';
import type { Timing } from './manifest.ts';

/** The parts of a Step Functions history event that say when a state was entered and left. */
export interface StateEvent {
  id: number;
  previousEventId: number;
  type: string;
  timestamp: Date;
  state?: string | undefined;
  /** Of the beginning of an iteration: its Map, and the number of its item. */
  map?: string | undefined;
  index?: number | undefined;
  /** Of the end of an execution. */
  error?: string | undefined;
  cause?: string | undefined;
}

// A task that ends its iteration is not left: the iteration is.
const ends = new Set(['TaskStateExited', 'MapIterationFailed', 'MapIterationAborted']);

/**
 * Visits of Task states, in the order they began. A visit that has not ended is left out: the caller is such a one.
 * Iterations of a Map visit the same states side by side, so an exit is matched to its entry along `previousEventId`.
 */
export function timingsOf(events: StateEvent[]): Timing[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  const visits: { entered: number; timing: Timing }[] = [];
  for (const exit of events) {
    if (!ends.has(exit.type)) continue;
    let entry = byId.get(exit.previousEventId);
    while (entry && !/^(TaskState|ExecutionRedriven)/.test(entry.type)) entry = byId.get(entry.previousEventId);
    // A state that is redriven is not entered again: this visit began with the redrive.
    if (entry?.type === 'ExecutionRedriven') entry = { ...entry, type: 'TaskStateEntered', state: exit.state };
    if (entry?.type !== 'TaskStateEntered') continue; // an iteration that failed between two states
    if (!entry?.state) continue;
    const seconds = (exit.timestamp.getTime() - entry.timestamp.getTime()) / 1000;
    visits.push({
      entered: entry.id,
      timing: { state: entry.state, startedAt: entry.timestamp.toISOString(), seconds },
    });
  }
  return visits.toSorted((a, b) => a.entered - b.entered).map(({ timing }) => timing);
}

/** Where an execution failed: a Task state and, inside a Map, the Map and the number of its item. */
export interface FailedPlace {
  state: string;
  map?: string;
  index?: number;
}

const catching = ['KeepUnjudged', 'Undo', 'Compensate', 'RecordFailure'];

/**
 * The state whose Catch led to one of the catchers: the last one that was left before the first of them was entered, and
 * where that is a Map, the state in which its iteration failed. Where no catcher was entered, the execution died in the
 * state it entered last.
 */
export function failedPlace(events: StateEvent[], catchers = catching): FailedPlace {
  const byId = new Map(events.map((event) => [event.id, event]));
  // Where a redriven execution had ended, its thread of events begins anew: it goes on with the event before that end.
  const before = ({ id, previousEventId, type }: StateEvent) =>
    byId.get(/^Execution(Aborted|TimedOut|Failed)$/.test(type) ? id - 1 : previousEventId);
  const caught = events.find(
    ({ type, state }) => type.endsWith('StateEntered') && state !== undefined && catchers.includes(state),
  );
  let event = caught ? before(caught) : events.findLast(({ type }) => type.endsWith('StateEntered'));
  while (caught && event && !event.type.endsWith('StateExited')) event = before(event);
  // A Map was left because an iteration failed: back along it to the state it was in.
  while (event?.type.startsWith('Map') && event.type !== 'MapStateEntered') event = before(event);
  while (event && !/State(Entered|Exited)$/.test(event.type)) event = before(event);
  const state = event?.state ?? 'unknown';
  while (event && !/^Map(IterationStarted|StateExited)$/.test(event.type)) event = before(event);
  const { map, index } = event ?? {};
  return map === undefined || index === undefined ? { state } : { state, map, index };
}

/**
 * What a build ended with, after its execution's history. `caught` is what a Catch handed on, which says it all, or the status
 * in the event of an execution that died, of which the history knows more. One that was redriven has ended more than once.
 */
export function ending(events: StateEvent[], caught: CaughtError): CaughtError {
  const types: Record<string, string> = { FAILED: 'ExecutionFailed', ABORTED: 'ExecutionAborted' };
  const end = events.findLast(({ type }) => type === types[caught.Error]);
  const error = end?.type === 'ExecutionFailed' ? end.error : undefined;
  return { Error: error ?? caught.Error, Cause: end?.cause ?? caught.Cause };
}
