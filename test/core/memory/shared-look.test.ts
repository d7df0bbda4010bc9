import { expect, test } from '@jest/globals';
import { freshFor, isFresh, isPendingIn } from '../../../core/memory/shared-look.ts';

const look = { at: '2026-11-23T03:10:00.000Z', states: { 'ami-1': 'pending', 'ami-2': 'available' } };
const [before, after] = ['2026-11-23T03:09:00.000Z', '2026-11-23T03:10:05.000Z'];

test.each<[string, string, string, boolean]>([
  ['it was pending', 'ami-1', before, true],
  ['it was available, so its own build looks at it', 'ami-2', before, false],
  ['nobody knew it, so its own build looks at it', 'ami-3', before, false],
  ['it was begun after the look, so it can only be pending', 'ami-3', after, true],
])('what a shared look tells of a copy: %s', (_, ami, since, pending) => {
  expect(isPendingIn(look, { ami, since })).toBe(pending);
});

test('a shared look may be older far from the usual end of a copy than near it', () => {
  expect([0, 60, 88, 99, 300].map((waited) => freshFor({ usual: 100 }, waited))).toEqual([15, 10, 3, 3, 15]);
});

test('a shared look is fresh for so many seconds', () => {
  expect(isFresh(look, 15, new Date('2026-11-23T03:10:14Z'))).toBe(true);
  expect(isFresh(look, 15, new Date('2026-11-23T03:10:15Z'))).toBe(false);
});
