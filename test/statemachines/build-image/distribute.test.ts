import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Manifest } from '../../../core/build/manifest.ts';
import { crash, type Interference } from '../../../simulator/pipeline/interference.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import { ApiError } from '../../../simulator/aws/calls/actions.ts';
import { brisk } from '../../support/deployed.ts';
import { build, consumer, leftIn, manifestIn, recipe, targets } from '../../support/pipeline.ts';

const other = '555566667777';

/** The recipe before and after a region came to it. */
const before = { ...recipe, distribute: [targets.home] };
const after = { ...recipe, distribute: [targets.home, targets.copied] };

interface Setting {
  from?: object;
  interfere?: Interference;
}

/** A pipeline that has published a build in the regions of one recipe, and is then deployed with another. */
async function published({ from = before, interfere }: Setting = {}, to: object = after) {
  // The account has the keys of all regions, because another recipe names them.
  const catalog = { recipes: { base: from, other: { ...recipe, name: 'other' } }, scripts: {}, version: '1.0.0' };
  const simulation = createSimulation({ catalog, scenario: { delays: brisk }, ...(interfere && { interfere }) });
  const { build: name } = manifestIn(simulation, await build(simulation));
  catalog.recipes.base = to;
  return { simulation, name, catalog };
}

const distribute = (simulation: Simulation, name: string, asked: object = {}) =>
  build(simulation, { recipe: 'base', build: name, distribute: asked });

describe('a region that came to the recipe after the build', () => {
  let simulation: Simulation;
  let name = '';
  let first: Manifest | undefined;
  beforeAll(async () => {
    ({ simulation, name } = await published());
    first = simulation.read({ recipe: 'base', build: name }, 'manifest');
  }, 60_000);

  test('a plan says what would be copied, where and for how much, and makes nothing', async () => {
    const was = leftIn(simulation);
    const { status, output, cause } = await distribute(simulation, name, { plan: true });
    expect({ status, cause }).toEqual({ status: 'SUCCEEDED', cause: undefined });
    expect(JSON.parse(output ?? '')).toMatchObject({
      planOnly: true,
      build: name,
      from: { region: 'us-east-1' },
      targets: [{ region: 'eu-west-1', kmsKey: 'alias/golden-eu', parameter: '/golden/base/stable' }],
      cost: { gib: 8, transfer: 0.16, snapshotsPerMonth: 0.4 },
    });
    expect(leftIn(simulation)).toEqual(was);
  });

  test('gets a copy of the image that exists, shared, verified and in the channel', async () => {
    const { status, output, cause } = await distribute(simulation, name, { who: 'Ada', why: 'customers in Europe' });
    expect({ status, cause }).toEqual({ status: 'SUCCEEDED', cause: undefined });
    expect(JSON.parse(output ?? '')).toEqual({ recipe: 'base', build: name, status: 'published', left: 0 });
    const { images, channels, instances } = leftIn(simulation);
    expect(images).toEqual(['us-east-1 available', 'eu-west-1 available']);
    expect(instances).toEqual([]);
    const manifest = simulation.read({ recipe: 'base', build: name }, 'manifest');
    expect(manifest?.targets[0]).toEqual(first?.targets[0]);
    expect(manifest).toMatchObject({
      targets: [{ region: 'us-east-1' }, { region: 'eu-west-1', status: 'published', parameter: '/golden/base/stable' }],
      added: [{ who: 'Ada', why: 'customers in Europe', targets: ['eu-west-1'], left: [] }],
    });
    expect(channels).toEqual({ 'us-east-1': manifest?.targets[0]?.ami, 'eu-west-1': manifest?.targets[1]?.ami });
  });

  test('the history of the channel says who did it, and all of its regions count', () => {
    const { moves = [], underway } = simulation.read({ recipe: 'base', channel: 'stable' }, 'channel') ?? {};
    expect(underway).toBeUndefined();
    expect(moves.at(-1)).toMatchObject({ verb: 'distribute', who: 'Ada', to: { build: name } });
    expect(moves.at(-1)?.after.map(({ region }) => region)).toEqual(['us-east-1', 'eu-west-1']);
  });

  test('afterwards nothing is missing, and the next build finds the image up to date', async () => {
    const { output } = await distribute(simulation, name);
    expect(JSON.parse(output ?? '')).toMatchObject({ targets: [] });
    const next = manifestIn(simulation, await build(simulation));
    expect(next).toMatchObject({ status: 'up-to-date', image: { name: `base-${name}` } });
  });

  test('a start of the published build with its id keeps the targets, and who added them', async () => {
    const was = simulation.read({ recipe: 'base', build: name }, 'manifest');
    expect(await build(simulation, { recipe: 'base', build: name })).toMatchObject({ status: 'SUCCEEDED' });
    const { targets: kept, added } = simulation.read({ recipe: 'base', build: name }, 'manifest') as Manifest;
    expect({ kept, added }).toEqual({ kept: was?.targets, added: was?.added });
  });

  test('a promotion verifies the new region as well and moves it', async () => {
    const promotion = await simulation.finish(simulation.move({ recipe: 'base', verb: 'promote', channel: 'prod' }));
    expect(promotion).toMatchObject({ status: 'SUCCEEDED' });
    const parameters = [...simulation.cloud.world.region('eu-west-1').parameters.keys()];
    expect(parameters.some((key) => key.endsWith('/golden/base/prod'))).toBe(true);
  });
});

test('what is refused says all of it, and nothing is made', async () => {
  const { simulation } = await published();
  const wrong = async (input: object) => (await build(simulation, { recipe: 'base', ...input })).cause ?? '';
  expect(await wrong({ distribute: {} })).toContain('build: is missing');
  expect(await wrong({ build: '20200101-000000-abcd', distribute: {} })).toContain('has no published image');
  expect(await wrong({ force: true, distribute: { channel: 'No', nope: 1 } })).toMatch(/distribute\.channel|nope/);
}, 60_000);

test('a build that the channel no longer holds gets its copies, and the channel stays', async () => {
  const { simulation, name, catalog } = await published();
  catalog.recipes.base = before;
  await build(simulation, { recipe: 'base', force: true });
  catalog.recipes.base = after;
  const { channels } = leftIn(simulation);
  expect(await distribute(simulation, name)).toMatchObject({ status: 'SUCCEEDED' });
  expect(leftIn(simulation).channels).toEqual(channels);
  expect(leftIn(simulation).images).toContain('eu-west-1 available');
  const { cause } = await distribute(simulation, name, { channel: 'stable' });
  expect(cause).toContain(`/golden/base/stable does not hold ${name}`);
}, 60_000);

test('if the first image is gone, a copy in another region is copied', async () => {
  const from = { ...recipe, distribute: [targets.copied] };
  const { simulation, name } = await published({ from }, { ...recipe, distribute: [targets.copied, targets.optional] });
  expect(leftIn(simulation).images).toEqual(['eu-west-1 available']);
  expect(await distribute(simulation, name)).toMatchObject({ status: 'SUCCEEDED' });
  expect(leftIn(simulation).images).toEqual(['eu-west-1 available', 'ap-southeast-2 available']);
  expect(Object.keys(leftIn(simulation).channels)).toEqual(['eu-west-1', 'ap-southeast-2']);
  const users = [...simulation.cloud.world.region('ap-southeast-2').images.values()].flatMap(({ permissions }) => permissions);
  expect(users).toContainEqual({ UserId: consumer });
}, 60_000);

/** Acts once when the execution enters a state. */
const entering = (state: string, work: () => void): Interference => {
  let done = false;
  return {
    enter(entered) {
      if (entered === state && !done) work();
      done ||= entered === state;
      return undefined;
    },
  };
};

test('an account that came to a region with an image needs no copy, and the image then counts as up to date', async () => {
  const { simulation, name } = await published({}, { ...recipe, distribute: [{ ...targets.home, accounts: [other] }] });
  const early = await distribute(simulation, name);
  expect(JSON.parse(early.output ?? '')).toMatchObject({ targets: [], unshared: true });
  await simulation.finish(simulation.share({ recipe: 'base' }));
  expect(JSON.parse((await distribute(simulation, name)).output ?? '')).toMatchObject({ targets: [], unshared: false });
  expect(manifestIn(simulation, await build(simulation))).toMatchObject({ status: 'up-to-date' });
  expect(simulation.read({ recipe: 'base', build: name }, 'manifest')?.added).toBeUndefined();
}, 60_000);

test('a further copy in a region with an image comes and goes without touching that image', async () => {
  const further = { region: 'us-east-1', id: 'team', kmsKey: 'alias/golden', accounts: [other] };
  const { simulation, name } = await published({}, { ...recipe, distribute: [targets.home, further] });
  const was = leftIn(simulation);
  const { ModifyImageAttribute: modify } = simulation.cloud.services.ec2;
  simulation.cloud.services.ec2['ModifyImageAttribute'] = () => {
    throw new ApiError('UnauthorizedOperation', 'no', 403);
  };
  expect(await distribute(simulation, name)).toMatchObject({ error: 'TargetsIncomplete' });
  expect(leftIn(simulation)).toEqual(was);
  simulation.cloud.services.ec2['ModifyImageAttribute'] = modify as NonNullable<typeof modify>;
  expect(await distribute(simulation, name)).toMatchObject({ status: 'SUCCEEDED' });
  const made = simulation.read({ recipe: 'base', build: name }, 'manifest')?.targets;
  expect(made).toMatchObject([
    { region: 'us-east-1', parameter: '/golden/base/stable' },
    { region: 'us-east-1', id: 'team', parameter: '/golden/base/stable/team', status: 'published' },
  ]);
  expect(leftIn(simulation).images).toEqual(['us-east-1 available', 'us-east-1 available']);
  expect(manifestIn(simulation, await build(simulation))).toMatchObject({ status: 'up-to-date' });
}, 60_000);

test('a target that is not required may fail alone, and the next distribution tries it again', async () => {
  const { simulation, name } = await published({}, recipe);
  const { CopyImage: copy } = simulation.cloud.services.ec2;
  simulation.cloud.services.ec2['CopyImage'] = (input, from) => {
    if (from.region === 'ap-southeast-2') throw new ApiError('UnauthorizedOperation', 'no', 403);
    return copy?.(input, from);
  };
  expect(await distribute(simulation, name)).toMatchObject({ status: 'SUCCEEDED' });
  const about = { recipe: 'base', build: name };
  expect(simulation.read(about, 'manifest')).toMatchObject({
    targets: [
      { region: 'us-east-1', status: 'published' },
      { region: 'eu-west-1', status: 'published' },
      { region: 'ap-southeast-2', status: 'failed', error: expect.stringContaining('UnauthorizedOperation') },
    ],
    added: [{ targets: ['eu-west-1'] }],
  });
  simulation.cloud.services.ec2['CopyImage'] = copy as NonNullable<typeof copy>;
  expect(await distribute(simulation, name)).toMatchObject({ status: 'SUCCEEDED' });
  expect(simulation.read(about, 'manifest')).toMatchObject({
    targets: [{ status: 'published' }, { status: 'published' }, { region: 'ap-southeast-2', status: 'published' }],
    added: [{ targets: ['eu-west-1'] }, { targets: ['ap-southeast-2'] }],
  });
  expect(manifestIn(simulation, await build(simulation))).toMatchObject({ status: 'up-to-date' });
}, 60_000);

test('a build that fails to get further says why in its manifest, and stays published', async () => {
  const { simulation, name } = await published();
  simulation.cloud.services.ec2['CopyImage'] = () => {
    throw new ApiError('UnauthorizedOperation', 'no', 403);
  };
  const { error, cause } = await distribute(simulation, name, { who: 'Ada' });
  expect(error).toBe('TargetsIncomplete');
  expect(cause).toContain('eu-west-1: AwsRefused: ec2:CopyImage of');
  expect(simulation.read({ recipe: 'base', build: name }, 'manifest')).toMatchObject({
    status: 'published',
    failure: null,
    targets: [{ region: 'us-east-1', status: 'published' }],
    added: [{ who: 'Ada', targets: [], failure: { error: 'TargetsIncomplete' } }],
  });
  expect(simulation.read({ recipe: 'base' }, 'record')?.failures).toEqual([]);
}, 60_000);

test('an execution that dies once everything is published is told by its clean-up', async () => {
  const interfere: Interference = {};
  const { simulation, name } = await published({
    interfere: { enter: (...where) => interfere.enter?.(...where), invoke: (...a) => (interfere.invoke ?? ((_s, _n, run) => run()))(...a) },
  });
  const ids: unknown[] = [];
  simulation.cloud.events.onEvent((event) => {
    if (event['detail-type'] === 'Image Published') ids.push((event['detail'] as { id: string }).id);
  });
  interfere.invoke = (stage, _attempt, run) => (stage === 'CleanUp' ? Promise.reject(crash()) : run());
  interfere.enter = (state) => (state === 'CleanUp' ? 'ABORTED' : undefined);
  expect(await distribute(simulation, name)).toMatchObject({ status: 'ABORTED' });
  await simulation.pass(1800);
  expect(ids).toEqual([`base-${name}`, `base-${name}-further-1`]);
  expect(simulation.read({ recipe: 'base', build: name }, 'manifest')).toMatchObject({
    targets: [{ status: 'published' }, { region: 'eu-west-1', status: 'published' }],
    added: [{ targets: ['eu-west-1'], failure: { error: 'ABORTED' } }],
  });
}, 60_000);

test.each<[string, object, RegExp]>([
  ['revoked', { verb: 'revoke', why: 'CVE-2026-1234' }, /was revoked by|no longer holds/],
  ['rolled back', { verb: 'rollback' }, /no longer holds base-\S+ in us-east-1; .* moved it last/],
])('where the build is %s meanwhile, its copies go and the channel keeps what it got', async (_how, move, says) => {
  const interfere: Interference = {};
  const { simulation, catalog } = await published({
    interfere: { enter: (...where) => interfere.enter?.(...where) },
  });
  catalog.recipes.base = before;
  const { build: name } = manifestIn(simulation, await build(simulation, { recipe: 'base', force: true }));
  catalog.recipes.base = after;
  const start = () => void simulation.move({ recipe: 'base', build: 'verb' in move && move.verb === 'revoke' ? name : undefined, ...move });
  Object.assign(interfere, entering('AwaitCopy', start));
  const { error, cause } = await distribute(simulation, name);
  expect([error, cause]).toEqual(['PublishFailed', expect.stringMatching(says)]);
  await simulation.pass(1800);
  const { images, channels } = leftIn(simulation);
  expect(images.filter((one) => one.startsWith('eu-west-1'))).toEqual([]);
  expect(Object.keys(channels)).toEqual(['us-east-1']);
  expect(channels['us-east-1']).not.toBe(simulation.read({ recipe: 'base', build: name }, 'manifest')?.image?.ami);
}, 60_000);
