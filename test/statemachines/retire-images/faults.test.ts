// Every fault at every call and every state of retire-images: nothing in use is lost, no image takes two steps, and the next run
// heals what failed.
import { beforeAll, expect, test } from '@jest/globals';
import { crash, type Interfered, type InterferedCall } from '../../../simulator/pipeline/interference.ts';
import type { Image } from '../../../simulator/aws/state/images.ts';
import { brisk } from '../../support/deployed.ts';
import { account, build, copied, home, manifestIn, pipeline, targets } from '../../support/pipeline.ts';

const day = 86_400;
const places = [home, copied];
const stages = ['ResolveRetirement', 'RetireBuild', 'VerifyRetirement'];
const policy = { keep: 1, deprecateAfter: '10d', disableAfter: '20d', deregisterAfter: '30d' };

interface Strikes {
  call?: (call: InterferedCall) => Interfered | undefined;
  crashes?: (stage: string) => 'before' | 'after' | undefined;
  enter?: (state: string) => boolean;
}

const strikes: Strikes = {};
const seen: InterferedCall[] = [];
const simulation = pipeline({
  changes: { distribute: [targets.home, targets.copied], retire: policy },
  scenario: { delays: brisk },
  interfere: {
    call(call) {
      if (!stages.includes(call.by ?? '')) return undefined;
      seen.push(call);
      return strikes.call?.(call);
    },
    async invoke(stage, _attempt, run) {
      const when = stages.includes(stage) ? strikes.crashes?.(stage) : undefined;
      if (when === 'before') throw crash();
      const answer = await run();
      if (when === 'after') throw crash();
      return answer;
    },
    enter: (state) => (strikes.enter?.(state) ? 'ABORTED' : undefined),
  },
});

/** Builds, oldest first. */
const ids: string[] = [];
const { cloud } = simulation;
const imagesOf = (id: string): Image[] =>
  places.flatMap((region) =>
    [...cloud.world.region(region).images.values()].filter(
      ({ owner, tags }) => owner === account && tags.get('golden:build') === id,
    ),
  );
const stepsOf = ({ state, deprecatedAt }: Image): number =>
  ['deregistered', 'disabled'].includes(state) ? (state === 'disabled' ? 2 : 3) : deprecatedAt === undefined ? 0 : 1;
/** How many steps the images of each build have taken, by region. */
const steps = () => Object.fromEntries(ids.map((id) => [id, imagesOf(id).map(stepsOf)]));
const run = (input: object = {}) => simulation.finish(simulation.retire({ apply: true, ...input }));


/** Everything that the account has, so that each test begins with the same. */
const saved = new Map<number, () => void>();
function keepAs(step: number): void {
  const regions = places.map((name) => {
    const { images, snapshots } = cloud.world.region(name);
    return { images, snapshots, kept: structuredClone([...images]), disks: structuredClone([...snapshots]) };
  });
  const bucket = cloud.world.buckets.get(simulation.bucket)!;
  const objects = [...bucket.objects];
  saved.set(step, () => {
    for (const { images, snapshots, kept, disks } of regions) {
      images.clear();
      snapshots.clear();
      for (const [id, image] of structuredClone(kept)) images.set(id, image);
      for (const [id, disk] of structuredClone(disks)) snapshots.set(id, disk);
    }
    bucket.objects.clear();
    for (const [key, object] of objects) bucket.objects.set(key, object);
  });
}

const calls = new Map<number, (readonly [string | undefined, string, string])[]>();

beforeAll(async () => {
  for (let index = 0; index < 3; index++) {
    ids.push(manifestIn(simulation, await build(simulation, { recipe: 'base', force: true })).build);
    await simulation.pass(day);
  }
  await simulation.pass(30 * day);
  for (const step of [0, 1, 2]) {
    if (step > 0) {
      await simulation.pass(11 * day);
      await run({ plan: true }); // asks for the usage reports
      await simulation.pass(1800);
    }
    keepAs(step);
    seen.length = 0;
    const { status } = await run();
    if (status !== 'SUCCEEDED' || steps()[ids[0]!]?.join() !== [step + 1, step + 1].join())
      throw new Error(`step ${step} was not taken: ${status}, ${JSON.stringify(steps())}`);
    calls.set(step, seen.map(({ by, action, region }) => [by, action, region] as const));
  }
}, 120_000);

/** Runs a step with a fault, then without. @returns the error or the status of the first run. */
async function judged(step: number, strike: Strikes): Promise<string | undefined> {
  saved.get(step)!();
  Object.assign(strikes, strike);
  const { status, error } = await run();
  for (const key of ['call', 'crashes', 'enter'] as const) delete strikes[key];
  const [oldest = [], ...others] = ids.map((id) => steps()[id] ?? []);
  const isRight = (taken: number[]) => taken.every((one) => one === step || one === step + 1);
  expect([oldest, isRight(oldest)]).toEqual([oldest, true]);
  expect(status === 'SUCCEEDED' && new Set(oldest).size > 1).toBe(false);
  expect(others.flat().every((taken) => taken === 0)).toBe(true);
  const next = oldest.includes(step) ? (await run()).status : 'SUCCEEDED';
  expect([next, isRight(steps()[ids[0]!] ?? [])]).toEqual(['SUCCEEDED', true]);
  return error ?? status;
}

const once = (at: readonly unknown[], fate: Interfered): Strikes => {
  let struck = false;
  return {
    call({ by, action, region }) {
      if (struck || by !== at[0] || action !== at[1] || region !== at[2]) return undefined;
      struck = true;
      return fate;
    },
  };
};

const isRead = (action: string) => /^(Describe|Get|List)/.test(action);

/** A read is struck in one region, a change in every region. */
const distinct = (step: number) => [
  ...new Map(
    (calls.get(step) ?? []).map((one) => [(isRead(one[1]) ? one.slice(0, 2) : one).join(), one]),
  ).values(),
];
const words = ['deprecate', 'disable', 'deregister'];

test.each([0, 1, 2])('whatever call of step %i is throttled or loses its answer, one step is taken at most', async (step) => {
  const throttled = { error: 'RequestLimitExceeded', message: 'slow down', effect: false };
  for (const at of distinct(step))
    for (const fate of (isRead(at[1]) ? [throttled] : [throttled, 'after']) as Interfered[])
      expect([words[step], ...at, await judged(step, once(at, fate))]).toEqual([words[step], ...at, 'SUCCEEDED']);
}, 240_000);

test.each([0, 1, 2])('whatever look of step %i is refused, the image stays or takes its step', async (step) => {
  const no = { error: 'UnauthorizedOperation', message: 'no', effect: false };
  for (const at of distinct(step).filter(([, action]) => !/Object|Execution|SendTask/.test(action)))
    expect(['SUCCEEDED', 'RetireFailed', 'AwsRefused', 'SweepFailed']).toContain(await judged(step, once(at, no)));
}, 240_000);

test.each([0, 1, 2])('wherever a process ends before or after its work in step %i, the run succeeds', async (step) => {
  for (const stage of stages)
    for (const when of ['before', 'after'] as const) {
      let struck = false;
      const crashes = (name: string) => {
        if (struck || name !== stage) return undefined;
        struck = true;
        return when;
      };
      expect([stage, when, await judged(step, { crashes })]).toEqual([stage, when, 'SUCCEEDED']);
    }
}, 240_000);

test.each([0, 1, 2])('wherever somebody stops the execution in step %i, the next run heals it', async (step) => {
  for (const stopped of ['ResolveRetirement', 'RetireEach', 'RetireBuild', 'ReadRetirementBack', 'VerifyRetirement'])
    expect([stopped, await judged(step, { enter: (state) => state === stopped })]).toEqual([stopped, 'ABORTED']);
}, 240_000);

test('an image that a channel is moved to between look and step stays', async () => {
  for (const step of [0, 1]) {
    saved.get(step)!();
    let moved = false;
    const crashes = (stage: string): undefined => {
      if (stage !== 'RetireBuild' || moved) return undefined;
      moved = true;
      for (const region of places) {
        const image = cloud.world.region(region).images.get(imagesOf(ids[0]!).find(({ id }) => cloud.world.region(region).images.has(id))!.id)!;
        cloud.setParameter(region, '/golden/base/stable', image.id);
      }
      return undefined;
    };
    Object.assign(strikes, { crashes });
    const { error, cause } = await run();
    delete strikes.crashes;
    expect([error, cause]).toEqual(['RetireFailed', expect.stringContaining('/golden/base/stable was moved to it since the look')]);
    expect(steps()[ids[0]!]).toEqual([step, step]);
    for (const region of places) {
      const newest = imagesOf(ids[2]!).find(({ id }) => cloud.world.region(region).images.has(id))!;
      cloud.setParameter(region, '/golden/base/stable', newest.id);
    }
  }
});
