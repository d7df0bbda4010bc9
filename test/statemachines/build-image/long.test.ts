import { expect, test } from '@jest/globals';
import { eventBudget } from '../../../core/build/looks/pace.ts';
import { knownRegions } from '../../../core/recipe/regions.ts';
import { build, pipeline, recipe } from '../../support/pipeline.ts';

const minute = 60;
const hour = 3600;
const others = knownRegions.filter((region) => !/^(us-east-1$|us-gov|cn|eusc)/.test(region));

const steps = (count: number, timeout: string) =>
  Array.from({ length: count }, (_, step) => ({ name: `step ${step}`, run: 'true', timeout }));

const plain = { builder: { ...recipe.builder, rootVolume: { sizeGiB: 8 } }, checks: [] };

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
