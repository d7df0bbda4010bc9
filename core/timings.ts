import type { Timing } from './manifest.ts';

/** The parts of a Step Functions history event that say when a state was entered and left. */
export interface StateEvent {
  id: number;
  previousEventId: number;
  type: string;
  timestamp: Date;
  state?: string | undefined;
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

/**
 * The state whose Catch led to one of the catchers: the last one that was left before the first of them was entered. Where
 * none was, the execution died in the state it entered last.
 */
export function failedState(events: StateEvent[], catchers: string[]): string {
  const byId = new Map(events.map((event) => [event.id, event]));
  let event = events.find(
    ({ type, state }) => type === 'TaskStateEntered' && state !== undefined && catchers.includes(state),
  );
  if (!event) return events.findLast(({ type }) => type.endsWith('StateEntered'))?.state ?? 'unknown';
  do event = byId.get(event?.previousEventId ?? 0);
  while (event && !event.type.endsWith('StateExited'));
  return event?.state ?? 'unknown';
}
