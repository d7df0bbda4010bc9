import { expect, test } from '@jest/globals';
import { parseRecipe } from '../../../../core/recipe/recipe.ts';
import { eventBudget, mostEvents, paceOf } from '../../../../core/build/looks/pace.ts';
import { looksWithin, slowRhythms } from '../../../../core/build/looks/rhythm.ts';
import { knownRegions } from '../../../../core/recipe/regions.ts';
import { recipe } from '../../../support/pipeline.ts';

const minute = 60;
const hour = 3600;
const others = knownRegions.filter((region) => !/^(us-east-1$|us-gov|cn|eusc)/.test(region));

interface Size {
  steps?: number;
  timeout?: string;
  regions?: number;
  image?: object;
  copies?: object;
}

/** A recipe of so many steps and regions. */
function sized({ steps = 2, timeout, regions = 1, image = {}, copies = {} }: Size) {
  const provision = Array.from({ length: steps }, (_, step) => ({
    name: `step ${step}`,
    run: 'true',
    ...(timeout && { timeout }),
  }));
  const distribute = ['us-east-1', ...others].slice(0, regions).map((region) => ({ region, ...copies }));
  const builder = { ...recipe.builder, rootVolume: { sizeGiB: 8 } };
  return parseRecipe({ ...recipe, builder, provision, checks: [], image, distribute }, {});
}

test.each<[string, Size, number]>([
  ['two steps, one region', {}, 3 * hour],
  ['14 steps of an hour each, 5 regions', { steps: 14, regions: 5 }, 15 * minute],
  ['14 steps of an hour each, 17 regions', { steps: 14, regions: 17 }, 2 * minute],
  ['100 steps of 20 minutes', { steps: 100, timeout: '20m' }, 10],
  ['60 steps of 5 minutes, 36 regions', { steps: 60, timeout: '5m', regions: 36 }, 0],
  [
    'a week for the image, 3 days for each of three copies',
    { image: { timeout: '7d' }, copies: { timeout: '3d' }, regions: 3 },
    hour,
  ],
])('%s: accepted, and looked at quickly for as long as the history has room', (_, size, least) => {
  const { recipe: parsed, problems } = sized(size);
  expect(problems).toBeUndefined();
  const pace = paceOf(parsed!)!;
  expect(Math.min(pace.commands, pace.images)).toBeGreaterThanOrEqual(least);
  expect(mostEvents(parsed!, pace)).toBeLessThanOrEqual(eventBudget);
});

test.each<[string, Size, unknown]>([
  [
    'too many steps for too many regions',
    { steps: 100, regions: 36 },
    { path: ['provision'], message: expect.stringMatching(/events of history, and 12500 is the most; shorten/) },
  ],
  [
    'timeouts beyond what an execution may take',
    { steps: 8, timeout: '48h' },
    { path: ['provision'], message: expect.stringMatching(/takes 20d.*image.timeout 1d.*a build may take 14d/) },
  ],
])('refused: %s', (_, size, problem) => {
  expect(sized(size).problems).toEqual([problem]);
});

test('a wait of 48 hours takes at most 60 slow looks', () => {
  expect(looksWithin(48 * hour, slowRhythms.images)).toBeLessThan(60);
});
