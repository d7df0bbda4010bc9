// Accounts that came to a recipe after its build get copies of the image that exists.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Manifest } from '../../../core/build/manifest.ts';
import { crash, type Interfered, type InterferedCall } from '../../../simulator/pipeline/interference.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk } from '../../support/deployed.ts';
import { sweepNow } from '../../support/orphans.ts';
import { account, build, consumer, copied, home, manifestIn, recipe } from '../../support/pipeline.ts';
import { day } from '../../support/triggered.ts';

const [first, second] = ['111122223333', '333344445555'] as const;
const [user, parameter] = ['777788889999', '/golden/base/stable'];
const here = { region: 'home', kmsKey: 'alias/golden', accounts: [consumer] };
const there = { region: copied, kmsKey: 'alias/golden-eu' };
const intoFirst = { account: first, kmsKey: 'alias/theirs', accounts: [user], publish: true };
const intoSecond = { account: second, externalId: 'golden-42' };
/** The recipe before and after the accounts came to it. */
const before = { ...recipe, distribute: [here] };
const after = {
  ...recipe,
  distribute: [
    { ...here, copyTo: [intoFirst, intoSecond] },
    { ...there, copyTo: [intoFirst] },
  ],
};

interface Strikes {
  call?: ((call: InterferedCall) => Interfered | undefined) | undefined;
  enter?: ((state: string) => 'ABORTED' | undefined) | undefined;
  /** The function whose process ends before its work. */
  crash?: string | undefined;
}

/** A pipeline that has published a build of one recipe, and is then deployed with another. */
async function published(from: object = before, to: object = after, rates = {}) {
  // The accounts have keys and roles, because another recipe names them.
  const catalog = { recipes: { base: from, other: { ...after, name: 'other' } }, scripts: {}, version: '1.0.0' };
  const strikes: Strikes = {};
  const simulation = createSimulation({
    catalog,
    scenario: { delays: brisk, rates },
    interfere: {
      call: (call) => strikes.call?.(call),
      enter: (state) => strikes.enter?.(state),
      invoke: (stage, _attempt, run) => (stage === strikes.crash ? Promise.reject(crash()) : run()),
    },
  });
  const { build: name } = manifestIn(simulation, await build(simulation));
  catalog.recipes.base = to;
  const distribute = (asked: object = {}) => build(simulation, { recipe: 'base', build: name, distribute: asked });
  const manifest = () => simulation.read({ recipe: 'base', build: name }, 'manifest') as Manifest;
  return { simulation, name, catalog, strikes, distribute, manifest };
}

const imagesOf = ({ cloud }: Simulation, owner: string, region: string) =>
  [...cloud.world.region(region).images.values()].filter((one) => one.owner === owner && one.state === 'available');
const parameterIn = ({ cloud }: Simulation, owner: string, region: string) =>
  cloud.world.region(region).parameters.get(`${owner} ${parameter}`)?.versions.at(-1)?.value;

/** Every image and parameter, with who may use it. */
const estate = (simulation: Simulation) =>
  JSON.stringify(
    [home, copied].flatMap((region) =>
      [account, first, second].map((owner) => [
        imagesOf(simulation, owner, region).map(({ id, permissions, mappings }) => [
          id,
          permissions,
          mappings.map(({ snapshot = '' }) => [
            ...(simulation.cloud.world.region(region).snapshots.get(snapshot)?.sharedWith ?? []),
          ]),
        ]),
        parameterIn(simulation, owner, region),
      ]),
    ),
  );
const grants = ({ cloud }: Simulation) =>
  [home, copied].flatMap((region) => [...(cloud.keys.get(region)?.values() ?? [])].flatMap((key) => [...key.grants.keys()]));

describe('accounts that came to the recipe after the build', () => {
  let all: Awaited<ReturnType<typeof published>>;
  let was: Manifest;
  beforeAll(async () => {
    all = await published();
    was = all.manifest();
  }, 60_000);

  test('a plan names the copies, with what they cost, and makes nothing', async () => {
    const left = estate(all.simulation);
    const { output, cause } = await all.distribute({ plan: true });
    expect([cause, JSON.parse(output ?? '{}')]).toMatchObject([
      undefined,
      {
        planOnly: true,
        targets: [{ region: copied, parameter }],
        copies: [
          { region: home, account: first, kmsKey: 'alias/theirs', accounts: [user], parameter },
          { region: home, account: second, accounts: [] },
          { region: copied, account: first, parameter },
        ],
        cost: { gib: 8, transfer: 0.16, snapshotsPerMonth: 1.6, inOtherAccounts: 1.2 },
      },
    ]);
    expect(estate(all.simulation)).toBe(left);
  });

  test('get copies with users, parameters and tags, and are lent nothing afterwards', async () => {
    const { simulation } = all;
    expect(await all.distribute({ who: 'Ada' })).toMatchObject({ status: 'SUCCEEDED' });
    for (const region of [home, copied]) {
      const [own, more] = imagesOf(simulation, first, region);
      expect([own?.permissions, more]).toEqual([[{ UserId: user }], undefined]);
      expect(own?.tags.get('golden:build')).toBe(all.name);
      expect(parameterIn(simulation, first, region)).toBe(own?.id);
    }
    expect(imagesOf(simulation, second, home)).toHaveLength(1);
    expect(parameterIn(simulation, second, home)).toBeUndefined();
    expect(imagesOf(simulation, account, home).flatMap(({ permissions }) => permissions)).toEqual([{ UserId: consumer }]);
    expect(grants(simulation)).toEqual([]);
  });

  test('the manifest has the copies, who added them, and their cost', () => {
    const { copiedTo, targets, added, cost } = all.manifest();
    expect(targets).toMatchObject([{ region: home }, { region: copied, status: 'published' }]);
    expect(copiedTo).toMatchObject([
      { region: home, account: first, status: 'published', parameter },
      { region: home, account: second, status: 'published', parameter: null },
      { region: copied, account: first, status: 'published', parameter },
    ]);
    const names = [`${home} of account ${first}`, `${home} of account ${second}`, `${copied} of account ${first}`];
    expect(added).toMatchObject([{ who: 'Ada', targets: [copied, ...names], left: [] }]);
    expect(cost?.parts.transfer).toBeCloseTo((was.cost?.parts.transfer ?? 0) + 0.16);
    expect(cost?.usd).toBeCloseTo((was.cost?.usd ?? 0) + 0.16);
    expect(cost).toMatchObject({ snapshotsPerMonth: 2, inOtherAccounts: 1.2 });
  });

  test('afterwards nothing is missing, a build finds the image up to date, and golden share knows the copies', async () => {
    const { output } = await all.distribute();
    expect(JSON.parse(output ?? '')).toMatchObject({ targets: [], notes: [], unshared: false });
    expect(manifestIn(all.simulation, await build(all.simulation))).toMatchObject({ status: 'up-to-date' });
    const shares = await all.simulation.finish(all.simulation.share({ recipe: 'base', plan: true }));
    const { images } = JSON.parse(shares.output ?? '') as { images: { changes: string[] }[] };
    expect(images.map(({ changes }) => changes)).toEqual([[], [], [], [], []]);
  });

  test('a start of the published build with its id keeps the copies', async () => {
    const left = estate(all.simulation);
    const { copiedTo, added } = all.manifest();
    expect(await build(all.simulation, { recipe: 'base', build: all.name })).toMatchObject({ status: 'SUCCEEDED' });
    expect(estate(all.simulation)).toBe(left);
    expect(all.manifest()).toMatchObject({ copiedTo, added });
  });
});

const refused: Interfered = { error: 'AccessDeniedException', message: 'no', effect: false };

test('what is refused names the place in the recipe, and nothing is made', async () => {
  const { simulation, distribute } = await published();
  const left = estate(simulation);
  simulation.cloud.world.roles.clear();
  const { error, cause } = await distribute();
  expect(error).toBe('RecipeInvalid');
  for (const at of ['distribute[0].copyTo[0].role', 'distribute[0].copyTo[1].role', 'distribute[1].copyTo[0].role'])
    expect(cause).toContain(`${at}: `);
  expect(estate(simulation)).toBe(left);
}, 60_000);

test.each<[string, (call: InterferedCall) => boolean]>([
  ['the copy is refused in an account', (call) => call.account === first && call.action === 'CopyImage'],
  ['the parameter is refused in an account', (call) => call.account === first && call.action === 'PutParameter'],
  ['the key is not given back at first', ({ by, action }) => by === 'FinishAccountCopy' && action === 'RevokeGrant'],
  ['the loan is not taken back at first', ({ by, action }) => by === 'FinishAccountCopy' && action === 'ModifyImageAttribute'],
])('%s: what the distribution made goes, what was published stays, and the next one succeeds', async (_, matches) => {
  const { simulation, strikes, distribute, manifest } = await published();
  const [left, { targets }] = [estate(simulation), manifest()];
  strikes.call = (call) => (matches(call) ? refused : undefined);
  expect((await distribute()).status).toBe('FAILED');
  expect(estate(simulation)).toBe(left);
  expect(grants(simulation)).toEqual([]);
  expect(manifest()).toMatchObject({ status: 'published', targets, added: [{ targets: [], left: [] }] });
  strikes.call = undefined;
  expect(await distribute()).toMatchObject({ status: 'SUCCEEDED' });
  expect(manifest().copiedTo?.map(({ status }) => status)).toEqual(['published', 'published', 'published']);
}, 60_000);

test.each(['AwaitAccountCopy', 'FinishAccountCopy', 'Publish'])(
  'a distribution that is stopped in %s leaves nothing in the accounts, and nothing lent',
  async (state) => {
    const { simulation, strikes, distribute } = await published();
    const left = estate(simulation);
    strikes.enter = (entered) => (entered === state ? 'ABORTED' : undefined);
    await distribute();
    strikes.enter = undefined;
    await simulation.pass(3600);
    expect(estate(simulation)).toBe(left);
    expect(grants(simulation)).toEqual([]);
  },
  60_000,
);

test('a further account leaves the copies of others alone, even if it fails', async () => {
  const one = { ...recipe, distribute: [{ ...here, copyTo: [intoFirst] }] };
  const { simulation, strikes, distribute, manifest } = await published(one);
  const left = estate(simulation);
  strikes.call = ({ account: of, action }) => (of === second && action === 'CopyImage' ? refused : undefined);
  expect((await distribute()).status).toBe('FAILED');
  expect(estate(simulation)).toBe(left);
  strikes.call = undefined;
  expect(await distribute()).toMatchObject({ status: 'SUCCEEDED' });
  expect(imagesOf(simulation, first, home)).toHaveLength(1);
  expect(manifest().added?.at(-1)?.targets).toEqual([
    copied,
    `${home} of account ${second}`,
    `${copied} of account ${first}`,
  ]);
}, 60_000);

test('while an account is lent the image, neither golden share nor the check for drift takes that for a change by hand', async () => {
  const { simulation, strikes, name } = await published();
  let seen: string[] | undefined;
  let shared: ReturnType<Simulation['share']> | undefined;
  strikes.enter = (state) => {
    if (state === 'FinishAccountCopy') shared ??= simulation.share({ recipe: 'base', plan: true });
    return undefined;
  };
  const execution = simulation.start({ recipe: 'base', build: name, distribute: {} });
  await simulation.finish(execution);
  const { output } = await simulation.finish(shared!);
  seen = (JSON.parse(output ?? '') as { images: { changes: string[] }[] }).images.flatMap(({ changes }) => changes);
  expect(seen).toEqual([]);
}, 60_000);

test('a plain start right after a distribution that died past its ledger keeps the new targets and copies', async () => {
  // Nobody hears that it died, so no clean-up writes down what it had published.
  const { simulation, name, strikes, distribute, manifest } = await published(before, after, { eventsLost: 1 });
  strikes.enter = (state) => (state === 'CleanUp' ? 'ABORTED' : undefined);
  strikes.crash = 'CleanUp';
  expect((await distribute()).status).toBe('ABORTED');
  await simulation.pass(1);
  strikes.enter = undefined;
  strikes.crash = undefined;
  expect(manifest().added).toBeUndefined();
  const left = estate(simulation);
  expect(await build(simulation, { recipe: 'base', build: name })).toMatchObject({ status: 'SUCCEEDED' });
  await simulation.pass(3600);
  expect(estate(simulation)).toBe(left);
  expect(manifest()).toMatchObject({
    targets: [{ region: home }, { region: copied, status: 'published' }],
    copiedTo: [{ status: 'published' }, { status: 'published' }, { status: 'published' }],
    added: [{ targets: [copied, expect.any(String), expect.any(String), expect.any(String)] }],
  });
}, 60_000);

test('the sweep takes the copies of a distribution that died, here and in the accounts, and the build can go on', async () => {
  const { simulation, strikes, distribute, manifest } = await published(before, after, { eventsLost: 1 });
  const left = estate(simulation);
  strikes.enter = (state) => (state === 'Verify' ? 'ABORTED' : undefined);
  await distribute();
  strikes.enter = undefined;
  await simulation.pass(day);
  await sweepNow(simulation);
  expect(imagesOf(simulation, account, copied)).toHaveLength(1);
  await simulation.pass(8 * day);
  await sweepNow(simulation);
  expect(estate(simulation)).toBe(left);
  expect(grants(simulation)).toEqual([]);
  expect(await distribute()).toMatchObject({ status: 'SUCCEEDED' });
  expect(manifest().copiedTo?.map(({ status }) => status)).toEqual(['published', 'published', 'published']);
  await simulation.pass(9 * day);
  const now = estate(simulation);
  await sweepNow(simulation);
  expect(estate(simulation)).toBe(now);
}, 60_000);
