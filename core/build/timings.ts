/** The error that a Catch hands on: its name and its cause, which is JSON for a failed Lambda. */
export interface CaughtError {
  Error: string;
  Cause?: string | null | undefined;
}

/** One visit of a Task state, in seconds to the millisecond. */
export interface Timing {
  state: string;
  startedAt: string;
  seconds: number;
  /** Inside a Map: the number of its item, from 0. */
  index?: number;
}

/** The parts of a Step Functions history event that say when a state was entered and left. */
export interface StateEvent {
  id: number;
  previousEventId: number;
  type: string;
  timestamp: Date;
  state?: string | undefined;
  /** At the start of an iteration: its Map, and the number of its item. */
  map?: string | undefined;
  index?: number | undefined;
  /** At the end of an execution. */
  error?: string | undefined;
  cause?: string | undefined;
}

// A task that ends its iteration has no exit event of its own, so the end of the iteration counts.
const ends = new Set(['TaskStateExited', 'MapIterationFailed', 'MapIterationAborted']);

/**
 * Visits of Task states, in the order they began. A visit that has not ended is left out, such as the caller's own. Iterations of
 * a Map and branches of a Parallel visit states at the same time, so an exit is matched to its entry along `previousEventId`.
 * When a Parallel fails, all visits inside it end. The machine has one Parallel at a time, so these are all that are open.
 */
export function timingsOf(events: StateEvent[]): Timing[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  const visits: { entered: number; timing: Timing }[] = [];
  const open = new Map<number, StateEvent>();
  const end = (entry: StateEvent, at: Date) => {
    const { id, state = '', timestamp } = entry;
    open.delete(id);
    const seconds = (at.getTime() - timestamp.getTime()) / 1000;
    const index = itemOf(entry, byId);
    const timing = { state, startedAt: timestamp.toISOString(), seconds, ...(index !== undefined && { index }) };
    visits.push({ entered: id, timing });
  };
  for (const exit of events) {
    if (exit.type === 'TaskStateEntered') open.set(exit.id, exit);
    if (exit.type === 'ExecutionRedriven') open.clear();
    if (exit.type === 'ParallelStateFailed') for (const entry of open.values()) end(entry, exit.timestamp);
    if (!ends.has(exit.type)) continue;
    let entry = byId.get(exit.previousEventId);
    while (entry && !/^(TaskState|ExecutionRedriven)/.test(entry.type)) entry = byId.get(entry.previousEventId);
    // A redriven state has no new entry event, so its visit begins with the redrive.
    if (entry?.type === 'ExecutionRedriven' && exit.state) end({ ...entry, state: exit.state }, exit.timestamp);
    // Another type: an iteration that failed between two states.
    else if (entry?.type === 'TaskStateEntered' && open.has(entry.id)) end(entry, exit.timestamp);
  }
  return visits.toSorted((a, b) => a.entered - b.entered).map(({ timing }) => timing);
}

/** The number of the Map item that an event belongs to. */
function itemOf(from: StateEvent, byId: Map<number, StateEvent>): number | undefined {
  let event = byId.get(from.previousEventId);
  while (event && !/^Map(IterationStarted|StateExited|StateStarted)$/.test(event.type))
    event = byId.get(event.previousEventId);
  return event?.type === 'MapIterationStarted' ? event.index : undefined;
}

/** Where an execution failed: a Task state and, inside a Map, the Map and the number of its item. */
export interface FailedPlace {
  state: string;
  map?: string;
  index?: number;
}

const catching = ['KeepUnjudged', 'Unchecked', 'Undo', 'Compensate', 'RecordFailure'];

/**
 * The state whose Catch led to one of the catchers. This is the last state that was left before the first catcher was entered. If
 * that state is a Map or a Parallel, it is the state in which its iteration or branch failed. If no catcher was entered, it is the
 * task that was under way.
 */
export function failedPlace(events: StateEvent[], catchers = catching): FailedPlace {
  const byId = new Map(events.map((event) => [event.id, event]));
  // After a redrive the event chain restarts. Continue with the event before the one that ended the execution.
  const before = ({ id, previousEventId, type }: StateEvent) =>
    byId.get(/^Execution(Aborted|TimedOut|Failed)$/.test(type) ? id - 1 : previousEventId);
  const caught = events.find(
    ({ type, state }) => type.endsWith('StateEntered') && state !== undefined && catchers.includes(state),
  );
  let event = caught ? before(caught) : underWay(events, byId);
  while (caught && event && !event.type.endsWith('StateExited')) event = before(event);
  // A Map or a Parallel is left because an iteration or a branch failed: go back to the state that failed in there.
  while (event && /^(Map|Parallel)(?!StateEntered)/.test(event.type)) event = before(event);
  while (event && !/State(Entered|Exited)$/.test(event.type)) event = before(event);
  const state = event?.state ?? 'unknown';
  while (event && !/^Map(IterationStarted|StateExited)$/.test(event.type)) event = before(event);
  const { map, index } = event ?? {};
  return map === undefined || index === undefined ? { state } : { state, map, index };
}

/**
 * The entry of the task that was under way at the end of the events: of several, the one entered last. Between two tasks, it is
 * the task entered last.
 */
function underWay(events: StateEvent[], byId: Map<number, StateEvent>): StateEvent | undefined {
  const open: StateEvent[] = [];
  for (const event of events) {
    if (event.type === 'TaskStateEntered') open.push(event);
    if (event.type !== 'TaskStateExited') continue;
    let entry = byId.get(event.previousEventId);
    while (entry && !/^(TaskStateEntered|ExecutionRedriven)$/.test(entry.type)) entry = byId.get(entry.previousEventId);
    // A redriven state has no new entry event.
    const left = open.findLastIndex((one) => (entry?.state ? one === entry : one.state === event.state));
    if (left >= 0) open.splice(left, 1);
  }
  return (
    open.at(-1) ??
    events.findLast(({ type }) => type === 'TaskStateEntered') ??
    events.findLast(({ type }) => type.endsWith('StateEntered'))
  );
}

/**
 * The error that a build ended with, taken from its execution's history. `caught` is complete if a Catch handed it on. For an
 * execution that died it is only the status in its event, and the history says more. A redriven execution has ended more than
 * once; the last end counts.
 */
export function ending(events: StateEvent[], caught: CaughtError): CaughtError {
  const types: Record<string, string> = { FAILED: 'ExecutionFailed', ABORTED: 'ExecutionAborted' };
  const end = events.findLast(({ type }) => type === types[caught.Error]);
  const error = end?.type === 'ExecutionFailed' ? end.error : undefined;
  return { Error: error ?? caught.Error, Cause: end?.cause ?? caught.Cause };
}
