import { expect, test } from '@jest/globals';
import { breakerOf, type Breaker } from '../../../core/start/breaker.ts';
import type { FailedBuild, RecipeRecord } from '../../../core/build/record.ts';

const at = (hour: number) => new Date(Date.UTC(2026, 10, 23, hour)).toISOString();

const failed = (hour: number, changes: Partial<FailedBuild> = {}): FailedBuild => ({
  build: `20261123-${hour}0000-9f2c`,
  automatic: true,
  source: 'ami-now',
  digest: 'd',
  recipeDigest: 'now',
  error: 'CheckFailed',
  at: at(hour),
  ...changes,
});
const failures = (hours: number[], changes?: Partial<FailedBuild>) => hours.map((hour) => failed(hour, changes));
const record = (list: FailedBuild[], published?: { source: string; hour: number }): RecipeRecord => ({
  schema: 1,
  failures: list,
  ...(published && { published: { build: 'b', digest: 'd', source: published.source, at: at(published.hour) } }),
});

const closed: Breaker = { open: false };
const open = (of: 'recipe' | 'source', count: number, hour: number): Breaker => ({
  open: true,
  of,
  failures: count,
  since: at(hour),
});

const cases: [sentence: string, records: Record<string, RecipeRecord>, breaker: Breaker][] = [
  ['a recipe that was never built is started', {}, closed],
  ['four failures are not enough', { base: record(failures([1, 2, 3, 4])) }, closed],
  ['the fifth is', { base: record(failures([1, 2, 3, 4, 5])) }, open('recipe', 5, 5)],
  ['more change nothing about since when', { base: record(failures([1, 2, 3, 4, 5, 6, 7])) }, open('recipe', 7, 5)],
  [
    'builds that were started by hand do not count',
    { base: record([...failures([1, 2, 3, 4]), failed(5, { automatic: false })]) },
    closed,
  ],
  [
    'nor do they end the row: only a published build does',
    { base: record([...failures([1, 2]), failed(3, { automatic: false }), ...failures([4, 5, 6])]) },
    open('recipe', 5, 6),
  ],
  [
    'failures of the recipe as it was before do not count',
    { base: record([...failures([1, 2, 3, 4, 5], { recipeDigest: 'before' }), failed(6)]) },
    closed,
  ],
  [
    'failures before the source image was known count for the recipe',
    { base: record(failures([1, 2, 3, 4, 5], { source: null, digest: null })) },
    open('recipe', 5, 5),
  ],
  [
    'failures with earlier source images count for the recipe',
    { base: record([...failures([1, 2, 3], { source: 'ami-before' }), ...failures([4, 5])]) },
    open('recipe', 5, 5),
  ],
  [
    'failures of several recipes with one source image count for that image',
    { base: record(failures([1])), web: record(failures([2, 4])), db: record(failures([3, 5])) },
    open('source', 5, 5),
  ],
  [
    'also for a recipe that has not tried it yet',
    { web: record(failures([1, 3, 5])), db: record(failures([2, 4])) },
    open('source', 5, 5),
  ],
  ['a recipe that fails alone is no reason to stop the others', { web: record(failures([1, 2, 3, 4, 5, 6])) }, closed],
  [
    'failures with another source image do not count for this one',
    { web: record(failures([1, 3, 5], { source: 'ami-before' })), db: record(failures([2, 4])) },
    closed,
  ],
  [
    'a build of any recipe that was published from the source image clears it',
    {
      web: record(failures([1, 3, 5])),
      db: record(failures([2, 4])),
      good: record([], { source: 'ami-now', hour: 6 }),
    },
    closed,
  ],
  [
    'but not of what came after that',
    {
      web: record(failures([3, 5, 7])),
      db: record(failures([4, 6])),
      good: record([], { source: 'ami-now', hour: 2 }),
    },
    open('source', 5, 7),
  ],
  [
    'a build that was published from another source image says nothing of this one',
    {
      web: record(failures([1, 3, 5])),
      db: record(failures([2, 4])),
      good: record([], { source: 'ami-before', hour: 6 }),
    },
    open('source', 5, 5),
  ],
  [
    'failures of other recipes count whatever their digest, those of this one only as it is now',
    {
      base: record(failures([1, 2], { recipeDigest: 'before' })),
      web: record(failures([3, 4], { recipeDigest: 'w' })),
    },
    closed,
  ],
];

test.each(cases)('%s', (_sentence, records, breaker) => {
  expect(breakerOf(records, 'base', 'now', 'ami-now')).toEqual(breaker);
});

test('the limit is for the caller to say', () => {
  expect(breakerOf({ base: record(failures([1, 2])) }, 'base', 'now', 'ami-now', 2)).toEqual(open('recipe', 2, 2));
});
