import { describe, expect, test } from '@jest/globals';
import { agingOf } from '../../../proof/month/aging.ts';
import { runDays } from '../../../proof/month/days.ts';
import type { BuildOutcome, History } from '../../../proof/month/history.ts';
import { childOf, follower } from '../../support/triggered.ts';

const day = 86_400_000;
const start = Date.parse('2026-11-23T03:00:00Z');
const on = (days: number) => new Date(start + days * day).toISOString();
const retire = {
  keep: 1,
  deprecateAfter: '10d',
  disableAfter: '20d',
  deregisterAfter: '30d',
  snapshots: 'delete' as const,
};
const kept = { name: 'base', parent: null, parameters: [], follows: true, rebuildAfterSeconds: 86_400, retire };

const image = (days: number, retired: BuildOutcome['retired'] = []): BuildOutcome => ({
  recipe: 'base',
  build: `build of day ${days}`,
  execution: 'e',
  trigger: null,
  startedAt: on(days),
  endedAt: on(days),
  status: 'published',
  source: null,
  ami: `ami of day ${days}`,
  digest: null,
  publishedAt: on(days),
  regions: { published: ['us-east-1'], missing: [] },
  error: null,
  cause: null,
  usd: 1,
  retired,
});
const history = (builds: BuildOutcome[], until: number): History => ({
  from: on(0),
  until: on(until),
  recipes: [kept],
  releases: [],
  starts: [],
  builds,
  unheard: [],
  sweeps: [],
});
const wrongs = (first: BuildOutcome['retired'], until: number, more: BuildOutcome[] = []) =>
  agingOf(history([image(0, first), image(1), image(2), ...more], until))?.violations;
const [deprecate, disable, deregister] = (['deprecate', 'disable', 'deregister'] as const).map(
  (step) => (days: number) => ({ step, at: on(days) }),
) as [
  (days: number) => { step: 'deprecate'; at: string },
  ...((days: number) => { step: 'disable' | 'deregister'; at: string })[],
];

describe('the judge of a simulated year', () => {
  test('takes images that went at their ages, one step after another', () => {
    expect(wrongs([deprecate(11), disable!(21), deregister!(32)], 40)).toEqual([]);
    expect(wrongs([], 13)).toEqual([]);
  });

  test.each<[string, BuildOutcome['retired'], number, string]>([
    ['before its age', [deprecate(9)], 12, 'before its age'],
    ['twice in a day', [deprecate(21), disable!(21.2)], 22, 'two steps in a day'],
    ['in the wrong order', [disable!(21), deprecate(22)], 23, 'to deprecate at 2026-12-15T03:00:00.000Z after disable'],
    ['never', [], 20, 'is 20d old and was not to deprecate'],
    ['not on', [deprecate(11)], 40, 'is 40d old and was not to disable'],
  ])('finds an image that goes %s', (_how, steps, until, says) => {
    expect(wrongs(steps, until)).toContainEqual(expect.stringContaining(says));
  });

  test('finds an image that a rollback would have needed, and lets a parent stay as long as its children', () => {
    const needed = history([image(0, [deprecate(11)]), image(1)], 12);
    expect(agingOf(needed)?.violations).toContainEqual(
      expect.stringContaining('a channel, a rollback or keep needed it'),
    );
    const child = { ...image(3), recipe: 'child', source: 'ami of day 0' };
    expect(wrongs([], 40, [child])).toEqual([]);
  });
});

test('in five weeks, a recipe and its child retire what is old and nothing that is needed', async () => {
  const short = { keep: 1, deprecateAfter: '4d', disableAfter: '8d', deregisterAfter: '12d' };
  const triggers = { onSourceUpdate: true, rebuildAfter: '6d' };
  const recipes = {
    parent: follower('parent', { triggers, retire: short }),
    child: follower('child', { ...childOf('parent'), retire: short }),
  };
  const { history: lived } = await runDays({ catalog: { recipes, scripts: {}, version: '1.0.0' }, days: 36, seed: 1 });
  const { violations, says = '' } = agingOf(lived) ?? {};
  expect(violations).toEqual([]);
  expect(says).toMatch(
    /^old images went by their policies: [1-9]\d* deprecated, [1-9]\d* disabled, [1-9]\d* deregistered$/,
  );
});
