// Every fault at every call and every state of share-image: each region has exactly the old users or exactly the new ones, and
// the next run heals what failed.
import { expect, test } from '@jest/globals';
import { crash, type Interfered, type InterferedCall } from '../../../simulator/pipeline/interference.ts';
import { brisk } from '../../support/deployed.ts';
import { build, consumer, copied, home, imageIn, pipeline, targets } from '../../support/pipeline.ts';

const stranger = '999988887777';
const places = [home, copied];
const states = new Set(['ResolveShare', 'ApplyShare', 'VerifyShare']);

/** Who may use image and snapshots, by region. */
function users(): Record<string, string> {
  const of = (region: string) => {
    const image = imageIn(simulation, region);
    const { snapshots } = simulation.cloud.world.region(region);
    const ofSnapshots = image.mappings.map(({ snapshot = '' }) => [...(snapshots.get(snapshot)?.sharedWith ?? [])]);
    return JSON.stringify([image.permissions, ofSnapshots]);
  };
  return Object.fromEntries(places.map((region) => [region, of(region)]));
}

interface Strikes {
  call?: (call: InterferedCall) => Interfered | undefined;
  crashes?: (stage: string) => 'before' | 'after' | undefined;
  enter?: (state: string) => boolean;
}

const strikes: Strikes = {};
const seen: InterferedCall[] = [];
const simulation = pipeline({
  changes: { distribute: [targets.home, { ...targets.copied, accounts: [consumer] }] },
  scenario: { delays: brisk },
  interfere: {
    call(call) {
      if (!states.has(call.by ?? '')) return undefined;
      seen.push(call);
      return strikes.call?.(call);
    },
    async invoke(stage, _attempt, run) {
      const when = states.has(stage) ? strikes.crashes?.(stage) : undefined;
      if (when === 'before') throw crash();
      const answer = await run();
      if (when === 'after') throw crash();
      return answer;
    },
    enter: (state) => (strikes.enter?.(state) ? 'ABORTED' : undefined),
  },
});
await build(simulation);
const right = users();

/** A stranger gets each image, and its user loses it. @returns the users of each region. */
function meddle() {
  for (const region of places) {
    const image = imageIn(simulation, region);
    image.permissions = [{ UserId: stranger }];
    for (const { snapshot = '' } of image.mappings) {
      const { sharedWith } = simulation.cloud.world.region(region).snapshots.get(snapshot) ?? { sharedWith: new Set() };
      sharedWith.clear();
      sharedWith.add(stranger);
    }
  }
  return users();
}
const share = () => simulation.finish(simulation.share({ recipe: 'base' }));

meddle();
await share();
/** The calls of a run without faults. */
const calls = seen.map(({ by = '', action, region }) => [by, action, region] as const);

/** Runs with a fault, then without. @returns the error or the status of the first run. */
async function judged(strike: Strikes): Promise<string | undefined> {
  const wrong = meddle();
  Object.assign(strikes, strike);
  const { status, error } = await share();
  const now = users();
  const allowed = status === 'SUCCEEDED' ? [right] : [right, wrong];
  for (const region of places) expect(allowed.map((each) => each[region])).toContain(now[region]);
  for (const key of ['call', 'crashes', 'enter'] as const) delete strikes[key];
  expect(await share()).toMatchObject({ status: 'SUCCEEDED' });
  expect(users()).toEqual(right);
  return error ?? status;
}

const once = (at: (typeof calls)[number], fate: Interfered): Strikes => {
  let struck = false;
  return {
    call({ by, action, region }) {
      if (struck || by !== at[0] || action !== at[1] || region !== at[2]) return undefined;
      struck = true;
      return fate;
    },
  };
};

const distinct = [...new Map(calls.map((one) => [one.join(), one])).values()];

test('a run without faults calls what is struck below', () => {
  expect(distinct.map((one) => one.join(' '))).toEqual(
    expect.arrayContaining([`ApplyShare ModifyImageAttribute ${copied}`, `ApplyShare ModifySnapshotAttribute ${home}`]),
  );
});

test.each(distinct)('%s: %s in %s is throttled, breaks off or loses its answer, and the run succeeds', async (...at) => {
  const throttled = { error: 'RequestLimitExceeded', message: 'slow down', effect: false };
  for (const fate of [throttled, 'before', 'after'] as Interfered[])
    expect(await judged(once(at, fate))).toBe('SUCCEEDED');
});

const changing = distinct.filter(([by, action]) => by === 'ApplyShare' && action.startsWith('Modify'));

test.each(changing)('%s: %s in %s is refused once: that region keeps its users, and the other has the new ones', async (...at) => {
  expect(await judged(once(at, { error: 'UnauthorizedOperation', message: 'no', effect: false }))).toBe('ShareFailed');
});

test.each(changing)('%s: %s in %s is refused always: nothing but a part that EC2 does not let go stays', async (...at) => {
  const call = ({ by, action, region }: InterferedCall): Interfered | undefined =>
    by === at[0] && action === at[1] && region === at[2]
      ? { error: 'UnauthorizedOperation', message: 'no', effect: false }
      : undefined;
  expect(await judged({ call })).toBe('ShareFailed');
});

test.each([...states].flatMap((stage) => [[stage, 'before'] as const, [stage, 'after'] as const]))(
  'the process of %s ends %s its work, and the run succeeds',
  async (stage, when) => {
    let struck = false;
    const crashes = (name: string) => {
      if (struck || name !== stage) return undefined;
      struck = true;
      return when;
    };
    expect(await judged({ crashes })).toBe('SUCCEEDED');
  },
);

test.each(['ResolveShare', 'Apply', 'ApplyShare', 'ReadSharesBack', 'VerifyShare'])(
  'somebody stops the execution at %s, and the next run heals it',
  async (stopped) => {
    expect(await judged({ enter: (state) => state === stopped })).toBe('ABORTED');
  },
);
