import { expect, test } from '@jest/globals';
import type { RetireDecision } from '../../../core/retire/decide-retirement.ts';
import { mostLooked, underCap } from '../../../core/retire/run-cap.ts';
import { buildOf, retiring } from './retired.ts';

const due = (days: number): RetireDecision => ({
  ...retiring(days),
  build: buildOf(days),
  verdict: { step: 'disable', reason: 'old' },
});
const asTheyAre = async (some: RetireDecision[]) => some;
const reasons = (list: RetireDecision[]) => list.map(({ verdict }) => verdict.step ?? verdict.reason);

test('a run retires the oldest first, and no more than its cap', async () => {
  const decided = await underCap([due(10), due(40), due(30)], 2, asTheyAre);
  expect(reasons(decided)).toEqual(['disable waits: a run retires 2 images at most', 'disable', 'disable']);
});

test('images in use take no place under the cap', async () => {
  const used = new Set([buildOf(40), buildOf(30)]);
  const decided = await underCap([due(40), due(30), due(20), due(10)], 1, async (some) =>
    some.map((one) => (used.has(one.build) ? { ...one, verdict: { reason: 'in use' } } : one)),
  );
  expect(reasons(decided)).toEqual(['in use', 'in use', 'disable', 'disable waits: a run retires 1 images at most']);
});

test('a run looks up the users of so many images and no more', async () => {
  const all = Array.from({ length: mostLooked + 50 }, (_, index) => due(1000 - index));
  let looked = 0;
  const decided = await underCap(all, 100, async (some) => {
    looked += some.length;
    return some.map((one) => ({ ...one, verdict: { reason: 'in use' } }));
  });
  expect(looked).toBe(mostLooked);
  expect(decided.at(-1)?.verdict.reason).toBe(
    `disable waits: a run looks up the users of ${mostLooked} images at most`,
  );
});

test('an image that stays anyway is not looked at', async () => {
  const stays = { ...due(40), verdict: { reason: 'it is needed' } };
  expect(await underCap([stays], 1, () => Promise.reject(new Error('looked')))).toEqual([stays]);
});
