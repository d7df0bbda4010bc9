import { expect, test } from '@jest/globals';
import { day, follower, triggered } from '../../support/triggered.ts';
import { build, imageIn, launched, manifestIn, pipeline, targets } from '../../support/pipeline.ts';

const parameters = { version: { default: '1.2', allowed: ['1.2', '1.3'] }, size: { type: 'number', default: 20 } };
const changes = {
  parameters,
  description: 'app ${{ parameters.version }} of ${{ date }}',
  builder: { instanceTypes: ['t3.small'], rootVolume: { sizeGiB: '${{ parameters.size }}' } },
  provision: [{ name: 'install', run: 'dnf -y install app-${{ parameters.version }}  # ${{ build }}' }],
  checks: [],
  image: { tags: { made: '${{ date }}', from: '${{ source.ami }}', size: '${{ parameters.size }}' } },
  distribute: [targets.home],
};

test('a start gives values, and the image is built with them and published', async () => {
  const simulation = pipeline({ changes });
  const refused = await build(simulation, { recipe: 'base', parameters: { version: '1.4', sice: '30' } });
  expect(refused).toMatchObject({ status: 'FAILED', error: 'RecipeInvalid' });
  expect(refused.cause).toContain('parameters.sice: is no parameter of the recipe; did you mean size?');
  expect(refused.cause).toContain('parameters.version: must be one of 1.2, 1.3, got');
  expect(launched(simulation, 'builder')).toEqual([]);

  const first = await build(simulation, { recipe: 'base', parameters: { version: '1.3', size: '30' } });
  const manifest = manifestIn(simulation, first);
  expect(manifest).toMatchObject({ status: 'published', parameters: { version: '1.3', size: 30 } });
  const { tags, description } = imageIn(simulation, 'us-east-1');
  expect(description).toBe('app 1.3 of 2026-11-23');
  expect(Object.fromEntries(tags)).toMatchObject({ made: '2026-11-23', from: manifest.source?.ami, size: '30' });

  // Another day and another id do not make the image out of date. Other values do.
  await simulation.pass(3 * day);
  const same = await build(simulation, { recipe: 'base', parameters: { version: '1.3', size: '30' } });
  expect(manifestIn(simulation, same)).toMatchObject({ status: 'up-to-date', parameters: { version: '1.3' } });
  const usual = await build(simulation);
  expect(manifestIn(simulation, usual)).toMatchObject({ status: 'published', parameters: { version: '1.2', size: 20 } });
  expect(launched(simulation, 'builder')).toHaveLength(2);
});

test('a schedule builds with the values of its triggers, and again finds the image up to date', async () => {
  const triggers = { schedule: 'rate(2 days)', parameters: { version: '1.3' } };
  const simulation = triggered([follower('base', { ...changes, triggers })]);
  await simulation.pass(3 * day);
  const built = simulation.executions().map((execution) => manifestIn(simulation, execution));
  expect(built.map(({ status }) => status)).toEqual(['published', 'up-to-date']);
  for (const { parameters: values } of built) expect(values).toEqual({ version: '1.3', size: 20 });
});
