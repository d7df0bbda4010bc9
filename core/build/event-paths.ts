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

/** The place of an event, and the Parallel states around that place from the outside in. */
interface Place {
  path: EventPath;
  around: EventPath[];
}

/**
 * Finds for each event of an execution's history where it happened. AWS names the place only when a state is entered or left and
 * for iterations. Every other event follows an earlier event of the same place (`previousEventId`). Events must come in the order
 * of their ids. When a failure aborts a task of another iteration or branch, AWS does not name that task. The abort is placed at
 * its cause.
 */
export function eventPaths(): (event: PlacedEvent) => EventPath {
  /** By event id: the place of the events that follow it, unless they name their own. */
  const after = new Map<number, Place>();
  /** Places by the last call of their task. After a redrive the task is called the same way and follows no event of its place. */
  const called = new Map<string, Place>();
  let redriven = 0;
  return (event) => {
    const { id, previousEventId, type } = event;
    if (type === 'ExecutionRedriven') redriven = id;
    const call = type === 'TaskScheduled' ? callOf(event) : undefined;
    const known = call !== undefined && previousEventId === redriven ? called.get(call) : after.get(previousEventId);
    const before: Place = executionEnd.test(type) || !known ? { path: {}, around: [] } : known;
    if (call !== undefined) called.set(call, before);
    const [here, next] = iterationPlaces(event, before) ?? statePlaces(event, before);
    after.set(id, next);
    return here.path;
  };
}

/** The place of an event of an iteration, and that of the events that follow it. */
function iterationPlaces(event: PlacedEvent, { path: { map: maps = [] }, around }: Place): [Place, Place] | undefined {
  const details = Object.entries(event).find(([key]) => iterationDetails.test(key))?.[1] as
    { name: string; index: number } | undefined;
  if (!details) return undefined;
  const { name, index } = details;
  const outer = outside(maps, name);
  const here = { path: { map: [...outer, { state: name, index }] }, around };
  return [here, ends.test(event.type) ? { path: placeIn(outer, name), around } : here];
}

/** The place of any other event, and that of the events that follow it. */
function statePlaces(event: PlacedEvent, { path, around }: Place): [Place, Place] {
  const { type } = event;
  const left = (event['stateExitedEventDetails'] as { name?: string } | undefined)?.name;
  const entered = (event['stateEnteredEventDetails'] as { name?: string } | undefined)?.name;
  if (type.startsWith('ParallelState') && entered === undefined) {
    if (type === 'ParallelStateStarted')
      return [
        { path, around },
        { path, around: [...around, path] },
      ];
    // It may follow the last event of a branch. Its own end, which comes first, may have led out of the branch.
    const own = around.findLastIndex(({ state }) => left === undefined || state === left);
    const here = own < 0 ? { path, around } : { path: around[own] ?? path, around: around.slice(0, own) };
    return [here, here];
  }
  const mapEnd = /^MapState(Succeeded|Failed)$/.test(type) ? path.map?.at(-1)?.state : undefined;
  const mapLeft = type === 'MapStateExited' ? left : mapEnd;
  const found = mapLeft === undefined ? undefined : placeIn(outside(path.map ?? [], mapLeft), mapLeft);
  const here = { path: found ?? (entered === undefined ? path : { ...path, state: entered }), around };
  return [here, here];
}

type Maps = NonNullable<EventPath['map']>;

/** The iterations around a Map. */
function outside(maps: Maps, name: string): Maps {
  const at = maps.findIndex(({ state }) => state === name);
  return at < 0 ? maps : maps.slice(0, at);
}

const placeIn = (map: Maps, state: string): EventPath => ({ ...(map.length > 0 && { map }), state });

/** Function and payload of a task, without the task token, which differs at each attempt. */
function callOf(event: PlacedEvent): string | undefined {
  const { parameters } = event['taskScheduledEventDetails'] as { parameters?: string };
  return (
    parameters && JSON.stringify(JSON.parse(parameters), (key, value: unknown) => (key === 'taskToken' ? '' : value))
  );
}
