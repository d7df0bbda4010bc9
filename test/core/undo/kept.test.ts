import { expect, test } from '@jest/globals';
import { keepsImages, keptUntil } from '../../../core/undo/kept.ts';
import { planOf } from '../../support/plan.ts';

test('what a failed build keeps stays for seven days and on to midnight, so that a later look says the same', () => {
  const expires = '2026-12-01T00:00:00.000Z';
  expect(keptUntil('2026-11-23T03:40:00.000Z')).toBe(expires);
  expect(keptUntil('2026-11-23T23:59:59.999Z')).toBe(expires);
  expect(keptUntil('2026-11-24T00:00:00.000Z')).toBe(expires);
});

test('a failed build keeps its images where the recipe says so, or where no candidate could judge them', () => {
  expect(keepsImages(planOf())).toBe(false);
  expect(keepsImages(planOf({ onFailure: 'keep-image' }))).toBe(true);
  expect(keepsImages({ ...planOf(), unjudged: true })).toBe(true);
});
