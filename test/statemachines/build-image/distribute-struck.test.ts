// Two regions come to a recipe after its build. The execution that takes the image there is struck by every kind of fault at every
// call that changes something, and stopped at every state. What was published before must stay as it was. The new regions must
// have all or nothing. Nothing half-made may be left, and the next execution must succeed.
import { beforeAll, expect, test } from '@jest/globals';
import { crash, type Interference, type InterferedCall } from '../../../simulator/pipeline/interference.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk } from '../../support/deployed.ts';
import { account, build, caller, home, manifestIn, recipe, regions, targets } from '../../support/pipeline.ts';

const interfere: Interference = {};
const wide = [targets.home, targets.copied, { ...targets.optional, required: true }];
const catalog = {
  recipes: { base: { ...recipe, distribute: wide } as object },
  scripts: {},
  version: '1.0.0',
};
const simulation: Simulation = createSimulation({
  catalog,
  scenario: { delays: brisk },
  interfere: {
    call: (call) => interfere.call?.(call),
    enter: (...where) => interfere.enter?.(...where),
    invoke: (...args) => (interfere.invoke ?? ((_stage, _attempt, run) => run()))(...args),
  },
});
const { cloud } = simulation;
const further = regions.filter((region) => region !== home);
let name = '';

/** The build's images and snapshots in a region with their users, and what the channel holds there. */
function seenIn(region: string) {
  const { images, snapshots, parameters } = cloud.world.region(region);
  const ours = [...images.values()].filter(({ owner, state }) => owner === account && state !== 'deregistered');
  const disks = [...snapshots.values()].filter(({ owner }) => owner === account);
  const channel = parameters.get(`${account} /golden/base/stable`)?.versions.at(-1)?.value ?? null;
  return structuredClone({
    channel,
    images: ours.map(({ id, state, permissions, tags }) => ({ id, state, permissions, tags: [...tags] })),
    snapshots: disks.map(({ id, sharedWith }) => ({ id, sharedWith: [...sharedWith] })),
  });
}

/** Keeps the account, and returns how to bring it back. */
function kept() {
  const bucket = cloud.world.buckets.get(simulation.bucket);
  const objects = new Map(bucket?.objects);
  const stores = () =>
    regions.flatMap((region) => {
      const { images, snapshots, parameters } = cloud.world.region(region);
      return [images, snapshots, parameters] as Map<string, unknown>[];
    });
  const copies = stores().map((store) => structuredClone([...store]));
  return () => {
    bucket?.objects.clear();
    for (const [key, object] of objects) bucket?.objects.set(key, object);
    for (const [index, store] of stores().entries()) {
      store.clear();
      for (const [key, one] of structuredClone(copies[index] ?? [])) store.set(key, one);
    }
  };
}

let restore: () => void = () => undefined;
let current = '';
const input = () => ({ recipe: 'base', build: name, distribute: {} });

/** Strikes an execution, and returns what is wrong afterwards. */
async function wrongsOf(fault: Interference): Promise<string[]> {
  restore();
  const before = seenIn(home);
  Object.assign(interfere, { call: undefined, enter: undefined, invoke: undefined }, fault);
  current = simulation.start(input());
  const { status } = await simulation.finish(current);
  // An event starts the clean-up of an execution that was stopped.
  await simulation.pass(1800);
  Object.assign(interfere, { call: undefined, enter: undefined, invoke: undefined });
  const first = judge(before);
  if (status === 'SUCCEEDED' && !first.has) first.wrongs.push('it succeeded, but the new regions have nothing');
  const again = await simulation.finish(simulation.start(input()));
  if (again.status !== 'SUCCEEDED') return [...first.wrongs, `the next execution ended as ${again.cause}`];
  const second = judge(before);
  return [...first.wrongs, ...second.wrongs, ...(second.has ? [] : ['the next execution made nothing'])];
}

function judge(before: ReturnType<typeof seenIn>): { wrongs: string[]; has: boolean } {
  const wrongs: string[] = [];
  if (JSON.stringify(seenIn(home)) !== JSON.stringify(before)) wrongs.push('what was published before has changed');
  const seen = further.map(seenIn);
  const has = seen.every(({ channel, images }) => channel !== null && images.length === 1 && images[0]?.id === channel);
  const none = seen.every(
    ({ channel, images, snapshots }) => channel === null && images.length + snapshots.length === 0,
  );
  if (!has && !none)
    wrongs.push(`halfway: ${JSON.stringify(seen.map(({ channel, images }) => [channel, images.length]))}`);
  if (has && seen.some(({ images, snapshots }) => images[0]?.permissions.length !== 1 || snapshots.length !== 1))
    wrongs.push('users or snapshots are wrong');
  const about = { recipe: 'base', build: name };
  const published = (simulation.read(about, 'manifest')?.targets ?? []).filter(({ status }) => status === 'published');
  const planned = simulation.read(about, 'plan')?.document.distribute.length;
  const places = has ? regions.length : 1;
  if (published.length !== places || planned !== places) wrongs.push(`manifest ${published.length}, plan ${planned}`);
  return { wrongs, has };
}

const calls: InterferedCall[] = [];
const states: string[] = [];

beforeAll(async () => {
  catalog.recipes.base = { ...recipe, distribute: [targets.home] };
  name = manifestIn(simulation, await build(simulation)).build;
  catalog.recipes.base = { ...recipe, distribute: wide };
  await simulation.pass(3600);
  restore = kept();
  const watching: Interference = { call: (one) => void calls.push(one), enter: (state) => void states.push(state) };
  const wrongs = await wrongsOf(watching);
  if (wrongs.length > 0) throw new Error(`it does not work without a fault: ${wrongs.join('; ')}`);
}, 120_000);

/** Faults of the n-th call. */
const faults: Record<string, (n: number) => Interference> = {
  'a refusal': (n) =>
    refusing(calls[n], calls[n]?.service === 'ec2' ? 'UnauthorizedOperation' : 'AccessDeniedException', Infinity),
  throttling: (n) =>
    refusing(calls[n], calls[n]?.service === 'ec2' ? 'RequestLimitExceeded' : 'ThrottlingException', 30),
  'a lost answer': (n) => atCall(n, 'after'),
  'a server error': (n) => atCall(n, { error: 'InternalError', effect: true }),
  'a stop': (n) => {
    let count = 0;
    const stop = () => simulation.stepFunctions.actions['StopExecution']?.({ executionArn: current }, caller);
    return {
      call() {
        if (count++ === n) simulation.clock.at(simulation.clock.now(), () => void stop());
        return undefined;
      },
    };
  },
};

function atCall(n: number, what: ReturnType<NonNullable<Interference['call']>>): Interference {
  let count = 0;
  return { call: () => (count++ === n ? what : undefined) };
}

/** Every call of this kind, by this function and in this region. */
function refusing(struck: InterferedCall | undefined, error: string, times: number): Interference {
  let left = times;
  return {
    call: ({ by, action, region }) =>
      by === struck?.by && action === struck?.action && region === struck?.region && left-- > 0
        ? { error, message: 'no', effect: false }
        : undefined,
  };
}

/**
 * The first call of each kind that changes something, in one of the two new regions.
 * @param isOften Every call of Publish, since each leaves the channel in another state.
 */
function struck(isOften: boolean): number[] {
  const kinds = calls.map(({ by, action, region }) => `${by} ${action} ${region}`);
  return [...calls.keys()].filter((n) => {
    const { by, action = '', region } = calls[n] ?? {};
    const isNew = (isOften && by === 'Publish') || kinds.indexOf(kinds[n] ?? '') === n;
    return isNew && /^(Copy|Put|Modify|Delete)/.test(action) && region !== further[1];
  });
}

test.each(Object.keys(faults))(
  'new regions have all or nothing under %s at any call',
  async (fault) => {
    const wrong: unknown[] = [];
    for (const n of struck(fault === 'a stop' || fault === 'a lost answer')) {
      const found = await wrongsOf(faults[fault]?.(n) ?? {});
      if (found.length > 0) wrong.push([calls[n]?.by, calls[n]?.action, calls[n]?.region, ...found]);
    }
    expect(wrong).toEqual([]);
  },
  120_000,
);

test('new regions have all or nothing where the execution is stopped at any state', async () => {
  const wrong: unknown[] = [];
  for (const state of new Set(states)) {
    const found = await wrongsOf({
      enter: (entered, _visit, { execution }) =>
        entered === state && execution.arn === current ? 'ABORTED' : undefined,
    });
    if (found.length > 0) wrong.push([state, ...found]);
  }
  expect(wrong).toEqual([]);
}, 120_000);

test.each<['before' | 'after']>([['before'], ['after']])(
  'new regions have all or nothing where a function crashes %s its work',
  async (when) => {
    const wrong: unknown[] = [];
    for (const stage of new Set(calls.map(({ by }) => by))) {
      let crashes = 1;
      const found = await wrongsOf({
        async invoke(called, _attempt, run) {
          const isStruck = called === stage && crashes-- > 0;
          if (isStruck && when === 'before') throw crash();
          const output = await run();
          if (isStruck) throw crash();
          return output;
        },
      });
      if (found.length > 0) wrong.push([stage, ...found]);
    }
    expect(wrong).toEqual([]);
  },
  120_000,
);
