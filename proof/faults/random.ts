import fc from 'fast-check';
import { eventFunctions, stages } from '../../simulator/pipeline/handlers.ts';
import { taskPlaces, type Task } from './machines.ts';
import { operations } from './operations/operations.ts';
import { runScenario, type Outcome } from './judge/outcome.ts';
import { faults, fullness, isWake, stateOfPlace } from './vocabulary.ts';
import type { Fault, FaultScenario, Shape, Strike } from './vocabulary.ts';
import { runAll } from './workers.ts';

const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-2', 'us-west-2'];
const shape: fc.Arbitrary<Shape> = fc.record({
  targets: fc
    .uniqueArray(
      fc.record({
        region: fc.constantFrom(...regions),
        required: fc.boolean(),
        share: fc.constantFrom('nobody', 'account', 'organization', 'both'),
      }),
      { minLength: 1, selector: ({ region }) => region },
    )
    // A recipe needs at least one required target.
    .map(([first, ...others]) => [{ ...(first as Shape['targets'][number]), required: true }, ...others]),
  steps: fc.array(fc.constantFrom('run', 'reboot'), { minLength: 1, maxLength: 3 }),
  checks: fc.integer({ min: 1, max: 2 }),
  capture: fc.constantFrom('stopped', 'running'),
  register: fc.nat(3).map((n) => n === 0),
  channel: fc.boolean(),
  past: fc.boolean(),
  keep: fc.boolean(),
  hold: fc.nat(3).map((n) => n === 0),
});

const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 3 }, { arbitrary, weight: 1 });
const rate = (max: number) => fc.integer({ min: 0, max: 10 }).map((tenths) => (max * tenths) / 10);
const rates = fc.record(
  {
    lateReads: rate(0.2),
    staleReads: rate(0.02),
    lostAnswers: rate(0.02),
    noCapacity: rate(0.1),
    agentLost: rate(0.02),
    imageFails: rate(0.05),
    copyFails: rate(0.1),
    eventsDoubled: rate(1),
  },
  { requiredKeys: [] },
);

const forward = taskPlaces('build-image');
const tasks = [
  ...forward,
  ...forward.filter(({ heartbeat }) => heartbeat).map((task): Task => ({ ...task, state: `wake/${task.state}` })),
  { state: 'Wake' },
  ...taskPlaces('clean-up-build'),
];

/** A fault drawn before the recipe's calls are known. Its numbers wrap around. */
interface Aim {
  task: Task;
  fault: Fault;
  item: number;
  number: number;
  inRegion: boolean;
}

const aimAt = (places: Task[]): fc.Arbitrary<Aim> =>
  fc.record({
    task: fc.constantFrom(...places),
    fault: fc.constantFrom(...faults),
    item: fc.nat(3),
    number: fc.oneof(fc.nat(8), fc.nat(40)),
    inRegion: fc.boolean(),
  });

/** An operation on the images of a build, and up to two faults of its own. Descendants would need a second recipe. */
const following = fc
  .constantFrom(
    ...Object.keys(operations).filter(
      (name) => !/descendants|templates|account|disables|deregisters|variants/.test(name),
    ),
  )
  .chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      aims: fc.array(aimAt(taskPlaces(operations[operation]?.machine ?? 'move-channel')), { maxLength: 2 }),
    }),
  );

function strikeOf(
  { task: { state, map }, fault, item, number, inRegion }: Aim,
  { targets, steps, checks }: Shape,
): Strike {
  const lists: Record<string, string[]> = {
    Provision: [...steps.map((kind, index) => `${kind}-${index + 1}`), 'sanitize'],
    Check: Array.from({ length: checks }, (_, index) => `check-${index + 1}`),
    Copy: targets.map(({ region }) => region),
    Grant: targets.map(({ region }) => region),
    IntoAccounts: targets.map(({ region }) => region),
    Apply: targets.map(({ region }) => region),
    TryCopies: targets.map(({ region }) => region),
    TryGrants: targets.map(({ region }) => region),
    TryPublishes: targets.map(({ region }) => region),
  };
  const names = lists[map ?? ''];
  const place = names ? `${state}[${names[item % names.length]}]` : state;
  const region = regions[item] ?? '';
  const at = occasion(fault, stateOfPlace(state), number, inRegion ? `@${region}` : '');
  return { place, fault, ...(at !== undefined && { at }) };
}

function occasion(fault: Fault, state: string, number: number, where: string): Strike['at'] {
  switch (fault) {
    case 'lost-answer':
    case 'server-error':
    case 'time-out':
      return number + 1;
    case 'crash-before':
    case 'crash-after':
    case 'lost-heartbeat':
      return (number % 6) + 1;
    case 'denied': {
      const { permissions = [] } = (isWake(state) ? eventFunctions.get('Wake') : stages.get(state)) ?? {};
      const actions = permissions.filter((action) => !action.startsWith('iam:'));
      return `${actions[number % actions.length]?.replace('states:', 'sfn:')}${where}`;
    }
    case 'stopped':
    case 'timed-out':
      return number === 0 ? undefined : number;
    case 'full':
      return Object.keys(fullness)[number % Object.keys(fullness).length];
    case 'taken-away':
      return 'ec2:RunInstances';
    case 'throttled':
    case 'event-lost':
    case 'event-doubled':
    case 'event-late':
    case 'lost-token':
      return undefined;
  }
}

/**
 * Draws builds of every shape with up to four faults, on a simulated AWS of any mood, the reaction of a person, and what somebody
 * does with the image afterwards.
 */
export const scenario: fc.Arbitrary<FaultScenario> = fc
  .record({
    shape,
    aims: fc.array(aimAt(tasks), { maxLength: 4 }),
    seed: fc.nat(65_535),
    fails: seldom(fc.nat(9)),
    again: fc.constantFrom(undefined, 'at once', 'later', 'redrive', 'clean-up', 'sweep'),
    rough: fc.constantFrom(false, false, false, true),
    rates: seldom(rates),
    throttled: seldom(rate(0.2)),
    unheard: fc.boolean(),
    as: fc.record({ late: fc.constant(true), told: fc.constant(true) }, { requiredKeys: [] }),
    lent: seldom(fc.nat(3)),
    next: seldom(following),
  })
  .map(
    ({
      shape: given,
      aims,
      seed,
      fails,
      again,
      rough,
      rates: moods,
      throttled,
      unheard,
      as,
      lent,
      next,
    }): FaultScenario => {
      const { steps, checks, targets } = given;
      const failing = [
        ...steps.map((kind, index) => `${kind}-${index + 1}`),
        ...Array.from({ length: checks }, (_, index) => `check-${index + 1}`),
        ...targets.map(({ region }) => region).filter((region) => region !== 'us-east-1'),
      ];
      // If nothing is told of a death, only the sweep cleans up.
      const eventsLost = again === 'sweep' && unheard ? 1 : 0;
      return {
        shape: given,
        strikes: [...aims, ...(next?.aims ?? [])].map((one) => strikeOf(one, given)),
        // Steps, checks and copies that fail by themselves fail every build, so there would be no image.
        ...(next && fails === undefined && { operation: next.operation, follows: true as const }),
        seed,
        ...(fails !== undefined && { fails: failing[fails % failing.length] as string }),
        ...(again && { again }),
        ...(rough && { rough }),
        ...as,
        ...(lent !== undefined && { lent: targets[lent % targets.length]?.region as string }),
        ...((moods || rough || eventsLost > 0) && { rates: { ...moods, eventsLost } }),
        ...(throttled && { throttled }),
      };
    },
  );

/**
 * Runs a number of scenarios from a seed, and shrinks the first one that breaks a promise. @returns whether all promises held.
 */
export async function runRandom(runs: number, seed: number): Promise<boolean> {
  const began = performance.now();
  const scenarios = fc.sample(scenario, { seed, numRuns: runs });
  const broken: number[] = [];
  const ends = new Map<string, number>();
  let [through, struck] = [0, 0];
  const done = (index: number, { violations, status, struck: met }: Outcome) => {
    if (++through % 100 === 0) console.error(`${through} of ${runs}`);
    ends.set(status, (ends.get(status) ?? 0) + 1);
    struck += met;
    if (violations.length > 0) broken.push(index);
  };
  await runAll(
    scenarios.map((one) => ({ scenario: one, mustStrike: false })),
    done,
  );
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`${runs} random scenarios of seed ${seed}, ${broken.length} violated, ${seconds} s`);
  console.log(`${struck} faults met; ${[...ends].map(([status, count]) => `${count} ${status}`).join(', ')}`);
  for (const index of broken.toSorted((a, b) => a - b).slice(0, 5)) await tellSmallest(seed, index);
  return broken.length === 0;
}

async function tellSmallest(seed: number, index: number): Promise<void> {
  let last: Outcome | undefined;
  const holds = async (one: FaultScenario) => {
    const outcome = await runScenario(one, false);
    if (outcome.violations.length > 0) last = outcome;
    return outcome.violations.length === 0;
  };
  const property = fc.asyncProperty(scenario, holds);
  const { counterexample } = await fc.check(property, {
    seed,
    path: String(index),
    numRuns: 1,
    interruptAfterTimeLimit: 60_000,
  });
  const [smallest] = counterexample ?? [];
  if (!smallest) return console.log(`run ${index} of seed ${seed} does not fail again`);
  console.log(`\nrun ${index} of seed ${seed}, at its smallest:`);
  console.log(`npm run faults -- --replay '${JSON.stringify(smallest)}'`);
  for (const { invariant, what } of last?.violations ?? []) console.log(`    ${invariant}: ${what}`);
}
