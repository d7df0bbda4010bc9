import { expect, test } from '@jest/globals';
import { account, build, consumer, copied, home, manifestIn, pipeline, targets } from '../../support/pipeline.ts';
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
});
