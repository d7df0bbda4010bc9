import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Manifest } from '../../../core/build/manifest.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk } from '../../support/deployed.ts';
import { build, consumer, leftIn, manifestIn, recipe, targets } from '../../support/pipeline.ts';

/** The recipe before and after a region came to it. */
const before = { ...recipe, distribute: [targets.home] };
const after = { ...recipe, distribute: [targets.home, targets.copied] };

interface Setting {
  from?: object;
  interfere?: object;
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
