import { createRandom } from '../../simulator/random.ts';
import { bases } from './bases.ts';
import { machineNames, taskPlaces, type MachineName, type Task } from './machines.ts';
import { operationOf } from './operations/operations.ts';
import { runOperation } from './operations/operation-trial.ts';
import type { Observed } from './places.ts';
import { runTrial } from './trial.ts';
import {
  faults,
  fullness,
  isStop,
  isWake,
  labelOf,
  machineOf,
  stateOfPlace,
  type Fault,
  type FaultScenario,
  type Strike,
} from './vocabulary.ts';

/** One fault at one place, in one kind of build. */
export interface FaultCase {
  /** Row of the table. */
  row: string;
  fault: Fault;
  label: string;
  scenario: FaultScenario;
}

const changing = /^(ec2:(?!Describe)|ssm:(?!Get|List|Describe)|s3:Put)/;

/** All cases, derived from the machines' definitions and from runs without faults; or only the cases of one base. */
export async function generateCases(only?: string): Promise<FaultCase[]> {
  const cases: FaultCase[] = [];
  const missing = new Set(machineNames.flatMap((name) => taskPlaces(name).map(({ state }) => state)));
  const reached = new Map<string, Set<string>>();
  for (const [base, scenario] of Object.entries(bases)) {
    const { operation } = scenario;
    if (only !== undefined && base !== only && base !== bases[only]?.operation) continue;
    const { observed } = await (operation === undefined ? runTrial(scenario) : runOperation(scenario));
    // An operation that fails or dies differs from one that succeeds in the states that undo it.
    const seenBefore = reached.get(operation ?? '');
    if (operation !== undefined && !seenBefore) reached.set(operation, new Set(observed.keys()));
    const isStruck = (place: string, state: string) =>
      operation === undefined
        ? isOwn(state, base)
        : !seenBefore?.has(place) && (operationOf(scenario).only?.test(place) ?? true);
    for (const task of taskPlaces(machineUnder(base, scenario)))
      for (const [place, seen] of observed) {
        if (place.replace(/\[.*/, '') !== task.state || !isStruck(place, task.state)) continue;
        missing.delete(task.state);
        if (only === undefined || base === only) cases.push(...casesAt(place, seen, task, base, scenario));
      }
    cases.push(...casesOfWake(observed, base, scenario));
  }
  if (missing.size > 0 && only === undefined)
    throw new Error(`no run without faults comes through ${[...missing].join(', ')}`);
  return cases;
}

/** The machine whose states are struck in a kind of build or operation. */
function machineUnder(base: string, scenario: FaultScenario): MachineName {
  if (scenario.operation !== undefined) return operationOf(scenario).machine;
  if (scenario.again === 'sweep') return 'sweep';
  return base.startsWith('dies') ? 'clean-up-build' : 'build-image';
}

/** Whether this kind of build tests a state. The states that every build passes are tested in a published build. */
function isOwn(state: string, base: string): boolean {
  const undoing = /Compensate|RecordFailure|Sweep/.test(state);
  // A refused start reaches only Resolve, and creates nothing to undo.
  if (base.endsWith('beyond bounds')) return state === 'Resolve';
  if (base === 'up to date') return !undoing;
  if (base === 'distributes') return !undoing;
  if (base === 'publishes more') return state === 'Publish';
  if (base.endsWith(' more')) return state.endsWith('Compensate');
  if (state === 'KeepUnjudged') return base === 'unjudged';
  // What differs from a published build is when the image is copied.
  if (base === 'copies after checks') return /^(TerminateInstances|CopyImage|AwaitCopy|GrantPermissions)$/.test(state);
  if (base === 'spot') return /^(Launch|AwaitCommand|Seal|CreateImage)$/.test(state);
  if (base === 'regions tell') return state === 'AwaitCopy';
  if (base === 'steps fail') return /^(SendCommand|AwaitCommand)$/.test(state);
  if (isRegistering(state) || base.startsWith('registers')) return isOwnOfSnapshots(state, base);
  if (/Account/.test(state) || base === 'copies into an account') return isOwnOfAccounts(state, base);
  if (base === 'copies race') return /^(CopyImage|AwaitCopy|CleanUp)$/.test(state);
  return undoing !== (base === 'published');
}

/** The states that only a build has whose image is registered. It comes to CleanUp in another way, too. */
const isRegistering = (state: string): boolean =>
  /^(CreateSnapshots|CopySnapshot|ImportSnapshot|AwaitImport|AwaitSnapshots|RegisterImage)$/.test(state);

function isOwnOfSnapshots(state: string, base: string): boolean {
  if (base === 'registers') return isRegistering(state) || state === 'CleanUp';
  const own = base === 'registers a file' ? /^(ImportSnapshot|AwaitImport|CleanUp)$/ : /^(CopySnapshot|CleanUp)$/;
  return own.test(state);
}

/** What a copy into another account adds to a published build: its own states, and what Verify and Publish do there. */
const isOwnOfAccounts = (state: string, base: string): boolean =>
  base === 'copies into an account' && /Account|^(Verify|Publish|CleanUp)$/.test(state);

/** The builds in which events are struck: a published one, those with failures that events tell of, and those that await snapshots. */
const eventful = new Set([
  'published',
  'regions tell',
  'steps fail',
  'check fails',
  'copy fails',
  'registers',
  'registers a disk',
]);

/** Strikes the runs of `wake` for each wait. In addition it strikes every run, and the events of every wait. */
function casesOfWake(observed: Map<string, Observed>, base: string, scenario: FaultScenario): FaultCase[] {
  if (!eventful.has(base)) return [];
  const runs = [...observed].filter(([place]) => isWake(place) && place !== 'wake/nobody');
  const calls = [...observed].filter(([place]) => isWake(place)).flatMap(([, seen]) => seen.calls);
  // In a build that fails, only the run that finds the failure differs from those of a published build.
  const isTold = (place: string) => {
    if (base.startsWith('registers')) return place === 'wake/AwaitSnapshots';
    if (base === 'steps fail') return place.startsWith('wake/AwaitCommand');
    return base === 'regions tell'
      ? place.startsWith('wake/AwaitCopy')
      : place === `wake/AwaitCheck[${scenario.fails}]`;
  };
  const own = runs.filter(([place]) => base === 'published' || isTold(place));
  return [
    ...own.flatMap(([place, seen]) => casesAt(place, seen, { state: place }, base, scenario)),
    ...casesAt('Wake', { calls, runs: runs.length, events: 1 }, { state: 'Wake' }, base, scenario),
  ];
}

function casesAt(place: string, seen: Observed, task: Task, base: string, scenario: FaultScenario): FaultCase[] {
  const row = base === 'published' ? place : `${place} (${base})`;
  return faults.flatMap((fault) =>
    occasions(fault, seen, task).flatMap((at) => {
      // What differs from a published build is that events come of copies.
      if (scenario.told && !isWake(place) && !fault.startsWith('event-')) return [];
      // Only the slow copy differs from those of a published build, and its end in CleanUp.
      if (scenario.slow !== undefined && place !== 'CleanUp' && !place.endsWith(`[${scenario.slow}]`)) return [];
      // A Resolve that refuses has thrown, so there is no process left to end.
      if (scenario.beyond && fault === 'crash-after') return [];
      const strike: Strike = { place, fault, ...(at !== undefined && { at }) };
      return afterwards(strike, scenario).map((again): FaultCase => ({
        row,
        fault,
        label: [
          labelOf(strike),
          ...(base === 'published' ? [] : [`(${base})`]),
          ...(again && again !== scenario.again ? [`→ again ${again}`] : []),
        ].join(' '),
        scenario: { ...scenario, strikes: [...scenario.strikes, strike], ...(again && { again }) },
      }));
    }),
  );
}

/** After an execution is ended, either it is left as it is or it is started again. */
function afterwards(strike: Strike, { operation, strikes }: FaultScenario): FaultScenario['again'][] {
  if (!isStop(strike)) return [undefined];
  if (machineOf(strike.place) === 'sweep') return ['sweep'];
  if (machineOf(strike.place) === 'clean-up-build') return ['sweep', 'later', 'redrive', 'clean-up'];
  // The second strike ends what undoes an operation.
  if (operation !== undefined && strikes.length > 0) return [undefined, 'later', 'redrive', 'clean-up'];
  return strike.at === undefined ? [undefined, 'at once', 'later', 'redrive'] : [undefined, 'at once', 'redrive'];
}

/** The calls, runs or actions of a place that a fault can strike. */
function occasions(fault: Fault, { calls, runs, events }: Observed, { state, heartbeat }: Task): Strike['at'][] {
  const numbers = calls.map((_, index) => index + 1);
  const actions = calls.map((call) => call.split('@')[0] ?? '');
  if (state === 'Wake' && !/^(denied|event-.*)$/.test(fault)) return [];
  switch (fault) {
    case 'throttled':
      // The first call of a wait keeps its document, and that of `wake` reads it: their other calls are struck, too.
      if (isWake(state) || heartbeat !== undefined) return [...new Set(actions)];
      return calls.length > 0 ? [undefined] : [];
    case 'lost-answer':
      return numbers;
    case 'server-error':
    case 'time-out':
      // Later looks repeat earlier ones, so only the first three calls of a kind are struck.
      return numbers.filter((n) => calls.slice(0, n).filter((call) => call === calls[n - 1]).length <= 3);
    case 'denied': {
      // A role is the same everywhere, but access to a single region can be denied.
      const regions = new Set(calls.map((call) => call.split('@')[1]));
      return [...new Set([...actions, ...(regions.size > 1 ? calls : [])])];
    }
    case 'crash-before':
    case 'crash-after':
      return [...new Set([1, runs])];
    case 'full':
      // EC2 looks for no room when it is only asked whether it would.
      if (state.startsWith('plan/')) return [];
      return [...new Set(actions.filter((action) => action in fullness))];
    case 'taken-away':
      return actions.includes('ec2:RunInstances') && !state.startsWith('plan/') ? ['ec2:RunInstances'] : [];
    case 'lost-token':
      // An event can spare a wait its answer.
      return actions.some((action) => /SendTask(Success|Failure)$/.test(action)) ? [undefined] : [];
    case 'event-lost':
    case 'event-doubled':
    case 'event-late':
      return events > 0 ? [undefined] : [];
    case 'lost-heartbeat':
      return heartbeat === undefined ? [] : [...new Set([1, runs])];
    case 'stopped':
      // Between the look of `wake` and its answer nothing changes, so any call will do.
      if (isWake(state)) return [...new Set([1, calls.length])];
      // Ending during a change does the most harm; a read leaves no trace.
      return [
        undefined,
        ...(stateOfPlace(state) === 'RecordFailure' ? [] : numbers.filter((n) => changing.test(actions[n - 1] ?? ''))),
      ];
    case 'timed-out':
      return isWake(state) ? [] : [undefined];
  }
}

/** A number of cases, drawn from a seed. Every fault is drawn once before any is drawn twice. */
export function sample(cases: FaultCase[], size: number, seed: number): FaultCase[] {
  const random = createRandom(seed, 'faults');
  const shuffled = cases.map((one) => ({ one, rank: random.next() })).toSorted((a, b) => a.rank - b.rank);
  const turns = new Map<Fault, number>();
  const dealt = shuffled.map(({ one }) => {
    const turn = turns.get(one.fault) ?? 0;
    turns.set(one.fault, turn + 1);
    return { one, turn };
  });
  return dealt
    .toSorted((a, b) => a.turn - b.turn)
    .slice(0, size)
    .map(({ one }) => one);
}
