import { expect, test } from '@jest/globals';
import { knownRegions } from '../../../core/recipe/regions.ts';
import { eventBudget } from '../../../core/build/rhythm.ts';
import { build, leftIn, nothing, onlyManifest, pipeline, recipe } from '../../support/pipeline.ts';

const minute = 60;
const hour = 3600;
const others = knownRegions.filter((region) => !/^(us-east-1$|us-gov|cn|eusc)/.test(region));
const steps = (count: number, timeout: string) =>
  Array.from({ length: count }, (_, step) => ({ name: `step ${step}`, run: 'true', timeout }));
const plain = { builder: { ...recipe.builder, rootVolume: { sizeGiB: 8 } }, checks: [] };

test('an image and copies that take EC2 many hours are waited for', async () => {
  const scenario = { delays: { createImage: 13 * hour, copyImage: 30 * hour } };
  const execution = await build(pipeline({ scenario }));
  expect(execution.status).toBe('SUCCEEDED');
  expect(execution.history.length).toBeLessThan(2500);
});

test('an image that is not made within the timeout of its recipe is given up, with how far it is and what to change', async () => {
  const simulation = pipeline({
    scenario: { delays: { createImage: 4 * hour } },
    changes: { image: { timeout: '2h' } },
  });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'WaitTimedOut' });
  expect(execution.cause).toMatch(
    /ami-\w+ in us-east-1 is pending, snap-\w+ at [56]\d%; raise image.timeout in the recipe/,
  );
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a copy that is not made within the timeout of its target fails that target, with how far it is', async () => {
  const [home, slow] = [{ region: 'us-east-1' }, { region: 'eu-west-1', timeout: '1h', required: false }];
  const simulation = pipeline({
    scenario: { delays: { copyImage: 2 * hour } },
    changes: { ...plain, distribute: [home, slow] },
  });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(onlyManifest(simulation)?.targets).toMatchObject([
    { status: 'published' },
    {
      status: 'failed',
      error: expect.stringMatching(/WaitTimedOut.*is pending, snap-\w+ at [5-9]\d%; raise the target's timeout/),
    },
  ]);
});

test.each([
  ['100 steps of 20 minutes', { provision: steps(100, '30m'), distribute: [{ region: 'us-east-1' }] }, 20 * minute],
  [
    '60 steps of 5 minutes and 36 regions, whose copies take an hour',
    { provision: steps(60, '10m'), distribute: ['us-east-1', ...others].slice(0, 36).map((region) => ({ region })) },
    5 * minute,
  ],
])('%s are published, far below the history at which AWS ends an execution', async (_, changes, commandOther) => {
  const scenario = { delays: { commandOther, copyImage: hour } };
  const execution = await build(pipeline({ scenario, changes: { ...plain, ...changes } }));
  expect([execution.status, execution.cause]).toEqual(['SUCCEEDED', undefined]);
  expect(execution.history.length).toBeLessThan(eventBudget);
});
