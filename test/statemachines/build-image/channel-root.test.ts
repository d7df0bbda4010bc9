// A deployment publishes below its own root: what another stage of the account has published stays as it is.
import { expect, test } from '@jest/globals';
import { createSimulation } from '../../../simulator/pipeline/simulation.ts';
import { account, build, manifestIn, recipe } from '../../support/pipeline.ts';

test('a stage with a root of its own publishes, rebuilds nothing and lets children follow below it alone', async () => {
  const home = { ...recipe, distribute: [{ region: 'us-east-1' }], builder: { instanceTypes: ['t3.small'] } };
  const child = { ...home, name: 'child', source: { channel: 'base/stable' } };
  const simulation = createSimulation({
    catalog: { recipes: { base: home, child }, scripts: {}, version: '1.0.0' },
    settings: { channelRoot: '/golden-dev' },
  });
  const first = await build(simulation);
  expect(first.status).toBe('SUCCEEDED');
  const [target] = manifestIn(simulation, first).targets;
  expect(target).toMatchObject({ parameter: '/golden-dev/base/stable', status: 'published' });

  const again = await build(simulation);
  expect(JSON.parse(again.output ?? '{}')).toMatchObject({ status: 'up-to-date' });

  const second = await build(simulation, { recipe: 'child' });
  expect(manifestIn(simulation, second).source?.ami).toBe(target?.ami);
  const names = [...simulation.cloud.world.region('us-east-1').parameters.keys()].filter((key) =>
    key.startsWith(account),
  );
  expect(names.toSorted()).toEqual([`${account} /golden-dev/base/stable`, `${account} /golden-dev/child/stable`]);
});
