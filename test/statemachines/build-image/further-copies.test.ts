import { expect, test } from '@jest/globals';
import { account, build, consumer, copied, home, manifestIn, pipeline, targets } from '../../support/pipeline.ts';
import { buildSeconds, hour, resting, triggered } from '../../support/triggered.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';

const distribute = [
  targets.home,
  {
    region: 'home',
    id: 'cmk',
    kmsKey: 'alias/other',
    name: 'hardened-{build}-cmk',
    tags: { team: 'vault', confidential: 'yes' },
    accounts: ['777788889999'],
  },
  { region: copied, kmsKey: 'alias/golden-eu' },
  { region: copied, id: 'second', kmsKey: 'alias/second-eu', required: false },
];

const imagesOf = ({ cloud }: Simulation, region: string) =>
  [...cloud.world.region(region).images.values()].filter(
    ({ owner, state }) => owner === account && state !== 'deregistered',
  );
const copyIn = (simulation: Simulation, region: string, id?: string) =>
  imagesOf(simulation, region).find(({ tags }) => tags.get('golden:copy') === id)!;
const parameterOf = ({ cloud }: Simulation, region: string, name: string) =>
  cloud.world.region(region).parameters.get(`${account} /golden/base/${name}`)?.versions.at(-1)?.value;

test('a region gets further copies of the image, each with its own key, name, tags, users and parameter', async () => {
  const simulation = pipeline({ changes: { distribute } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  const first = copyIn(simulation, home);
  const further = copyIn(simulation, home, 'cmk');
  const name = `hardened-${first.tags.get('golden:build')}-cmk`;
  expect(imagesOf(simulation, home)).toHaveLength(2);
  expect(further).toMatchObject({ name, sourceImage: first.id, permissions: [{ UserId: '777788889999' }] });
  expect(first).toMatchObject({ permissions: [{ UserId: consumer }] });
  const snapshot = simulation.cloud.world.region(home).snapshots.get(further.mappings[0]?.snapshot ?? '')!;
  expect(snapshot.keyArn).toBe(simulation.cloud.addKey(home, 'alias/other').arn);
  for (const tags of [further.tags, snapshot.tags])
    expect(Object.fromEntries(tags)).toMatchObject({ Name: name, team: 'vault', confidential: 'yes' });
  expect(Object.fromEntries(first.tags)).toMatchObject({ Name: first.name, team: 'platform' });
  expect(parameterOf(simulation, home, 'stable')).toBe(first.id);
  expect(parameterOf(simulation, home, 'stable/cmk')).toBe(further.id);
  expect(parameterOf(simulation, copied, 'stable/second')).toBe(copyIn(simulation, copied, 'second').id);
  expect(
    manifestIn(simulation, execution).targets.map(({ region, id, ami, name: at, parameter }) => [
      region,
      id,
      ami,
      at,
      parameter,
    ]),
  ).toEqual([
    [home, undefined, first.id, undefined, '/golden/base/stable'],
    [home, 'cmk', further.id, name, '/golden/base/stable/cmk'],
    [copied, undefined, copyIn(simulation, copied).id, undefined, '/golden/base/stable'],
    [copied, 'second', copyIn(simulation, copied, 'second').id, `${first.name}-second`, '/golden/base/stable/second'],
  ]);

  const again = await build(simulation);
  expect(manifestIn(simulation, again).status).toBe('up-to-date');

  // `golden share` takes no image of a region for another one.
  const shared = await simulation.finish(simulation.share({ recipe: 'base', plan: true }));
  const { images } = JSON.parse(shared.output ?? '{}') as { images: { ami: string; id?: string; changes: string[] }[] };
  expect(images.map(({ ami, id, changes }) => [ami, id, changes])).toEqual(
    expect.arrayContaining([
      [first.id, undefined, []],
      [further.id, 'cmk', []],
    ]),
  );
  expect(images).toHaveLength(4);
});

test('a channel moves with its further copies, in all places or in none', async () => {
  const simulation = pipeline({ changes: { distribute } });
  const run = (input: object) => simulation.finish(simulation.move({ recipe: 'base', ...input }));
  const held = (channel: string) =>
    [channel, `${channel}/cmk`].map((name) => parameterOf(simulation, home, name) ?? 'nothing');
  await build(simulation);
  const before = held('stable');
  expect((await run({ verb: 'promote', channel: 'prod' })).status).toBe('SUCCEEDED');
  expect(held('prod')).toEqual(before);
  await build(simulation, { recipe: 'base', force: true });
  const after = held('stable');
  expect(new Set([...before, ...after]).size).toBe(4);
  expect((await run({ verb: 'promote', channel: 'prod' })).status).toBe('SUCCEEDED');
  expect(held('prod')).toEqual(after);
  expect((await run({ verb: 'rollback' })).status).toBe('SUCCEEDED');
  expect(held('stable')).toEqual(before);
});

test('a further copy that fails alone leaves nothing behind, and the other image of its region is published', async () => {
  const images = [{ region: copied, name: '*-second', fail: 'Internal error' }];
  const simulation = pipeline({ changes: { distribute }, scenario: { images } });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  const manifest = manifestIn(simulation, execution);
  expect(manifest.targets.map(({ status }) => status)).toEqual(['published', 'published', 'published', 'failed']);
  expect(manifest.targets[3]?.error).toMatch(/^CopyFailed: ami-\w+ in eu-west-1 is failed: .*Internal error/);
  expect(imagesOf(simulation, copied)).toHaveLength(1);
  expect(parameterOf(simulation, copied, 'stable')).toBe(copyIn(simulation, copied).id);
  expect(parameterOf(simulation, copied, 'stable/second')).toBeUndefined();
  const { snapshots } = simulation.cloud.world.region(copied);
  expect([...snapshots.values()].filter(({ owner }) => owner === account)).toHaveLength(1);
});

test('a publish that fails in one place takes back the others, the further copies too', async () => {
  const api = [{ action: 'ssm:PutParameter', region: copied, call: 2, times: 99, error: 'AccessDeniedException' }];
  const simulation = pipeline({ changes: { distribute }, scenario: { api } });
  expect((await build(simulation)).status).toBe('FAILED');
  for (const region of [home, copied]) {
    expect(imagesOf(simulation, region)).toEqual([]);
    for (const name of ['stable', 'stable/cmk', 'stable/second'])
      expect(parameterOf(simulation, region, name)).toBeUndefined();
  }
});

test('an image that drifts is told from the other one of its region', async () => {
  const simulation = triggered([Object.assign(resting('base'), { distribute: distribute.slice(0, 2) })]);
  simulation.start({ recipe: 'base' });
  await simulation.pass(buildSeconds + hour);
  const drifts = () => simulation.read({ recipe: 'base' }, 'drift')?.drifts.map(({ says }) => says);
  expect(drifts()).toEqual([]);
  const { id, permissions } = copyIn(simulation, home, 'cmk');
  permissions.push({ UserId: consumer });
  await simulation.pass(2 * hour);
  expect(drifts()).toEqual([`the recipe would revoke ${id} from ${consumer}`]);
});

test('more targets than run at once are all published: the 41st begins when another ends', async () => {
  const regions = [home, copied, 'ap-southeast-2'];
  const many = regions.flatMap((region) =>
    Array.from({ length: 14 }, (_, index) => ({ region, ...(index > 0 && { id: `copy-${index}` }) })),
  );
  const builder = { instanceTypes: ['t3.small'], instanceProfile: 'golden-image-builder' };
  const simulation = pipeline({ changes: { builder, distribute: many } });
  const execution = await build(simulation);
  const { targets: reached } = manifestIn(simulation, execution);
  expect(reached.filter(({ status }) => status === 'published')).toHaveLength(42);
  for (const region of regions) expect(imagesOf(simulation, region)).toHaveLength(14);
});
