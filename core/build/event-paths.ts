/** The parts of a Step Functions history event that say where it happened. */
export interface PlacedEvent {
  id: number;
  previousEventId: number;
  type: string;
  [details: `${string}EventDetails`]: Record<string, unknown>;
}

/** Where an event happened: the state, and the Map iterations around it from the outside in. */
export interface EventPath {
  map?: { state: string; index: number }[];
  state?: string;
}

const iterationDetails = /^mapIteration\w+EventDetails$/;
const ends = /^MapIteration(Succeeded|Failed|Aborted)$/;
const executionEnd = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;

/**
 * Finds for each event of an execution's history where it happened. AWS names the place only when a state is entered and for
 * iterations. Every other event follows an earlier event of the same place (`previousEventId`). Events must come in the order of
 * their ids. When a failed iteration aborts a task of another one, AWS does not name that task. The abort is placed at its cause.
 */
export function eventPaths(): (event: PlacedEvent) => EventPath {
  /** By event id: the place of the events that follow it, unless they name their own. */
  const after = new Map<number, EventPath>();
  /** Places by the last call of their task. After a redrive the task is called the same way and follows no event of its place. */
  const called = new Map<string, EventPath>();
  let redriven = 0;
  return (event) => {
    const { id, previousEventId, type } = event;
    if (type === 'ExecutionRedriven') redriven = id;
    const call = type === 'TaskScheduled' ? callOf(event) : undefined;
    const known = call !== undefined && previousEventId === redriven ? called.get(call) : after.get(previousEventId);
    const before = executionEnd.test(type) ? {} : (known ?? {});
    if (call !== undefined) called.set(call, before);
    const details = Object.entries(event).find(([key]) => iterationDetails.test(key))?.[1] as
      { name: string; index: number } | undefined;
    if (details) {
      const { name, index } = details;
      const at = before.map?.findIndex(({ state }) => state === name) ?? -1;
      const outer = (at < 0 ? before.map : before.map?.slice(0, at)) ?? [];
      const path: EventPath = { map: [...outer, { state: name, index }] };
      after.set(id, ends.test(type) ? { ...(outer.length > 0 && { map: outer }), state: name } : path);
      return path;
    }
    const entered = (event['stateEnteredEventDetails'] as { name?: string } | undefined)?.name;
    const path = entered === undefined ? before : { ...before, state: entered };
    after.set(id, path);
    return path;
  };
}

/** Function and payload of a task, without the task token, which differs at each attempt. */
function callOf(event: PlacedEvent): string | undefined {
  const { parameters } = event['taskScheduledEventDetails'] as { parameters?: string };
  return (
    parameters && JSON.stringify(JSON.parse(parameters), (key, value: unknown) => (key === 'taskToken' ? '' : value))
  );
}
