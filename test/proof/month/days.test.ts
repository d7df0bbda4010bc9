import { beforeAll, describe, expect, test } from '@jest/globals';
import { runDays, type DaysOptions } from '../../../proof/month/days.ts';
import type { History } from '../../../proof/month/history.ts';
import { checkHistory } from '../../../proof/month/invariants.ts';
import { noRates, type Rates } from '../../../simulator/aws/calls/rates.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { al2023, childOf, follower } from '../../support/triggered.ts';

const start = new Date('2026-11-23T03:00:00Z');
const after = (hours: number) => ({ at: start.getTime() + hours * 3_600_000, parameter: al2023 });
const catalogOf = (...recipes: { name: string }[]) => ({
  recipes: Object.fromEntries(recipes.map((one) => [one.name, one])),
  scripts: {},
  version: '1.0.0',
});
const pair = catalogOf(follower('parent'), follower('child', childOf('parent')));
const brokenIn = (history: History) => checkHistory(history).flatMap(({ violations }) => violations);
const saidOf = (history: History) => checkHistory(history).map(({ says }) => says);

describe('a quiet month of a recipe and its child', () => {
  let history: History;
  let simulation: Simulation;
  beforeAll(async () => {
    const triggers = { onSourceUpdate: true, rebuildAfter: '10d', schedule: 'rate(4 days)' };
    const parent = follower('parent', { triggers });
    const catalog = catalogOf(parent, follower('child', childOf('parent')));
    ({ history, simulation } = await runDays({ catalog, days: 30, seed: 1 }));
  });
  const published = (recipe: string) => history.builds.filter((one) => one.recipe === recipe && one.publishedAt);

  test('keeps every promise', () => {
    expect(brokenIn(history)).toEqual([]);
    expect(saidOf(history)).toEqual([
      expect.stringMatching(/^(\d+) of \1 source updates were published, within 1h poll \+ \d+m bake: worst/),
      expect.stringMatching(/^no digest was built twice: \d+ images$/),
      expect.stringMatching(/^children after parents: (\d+) of \1,/),
      expect.stringMatching(/the oldest image was 10d/),
    ]);
  });

  test('builds from every source image, twice within an hour too, and anew what has got too old', () => {
    const updates = history.releases.filter(({ first }) => !first).map(({ at }) => Date.parse(at));
    expect(updates.some((at, index) => at - (updates[index - 1] ?? 0) < 3_600_000)).toBe(true);
    const builds = published('parent').map(({ trigger }) => trigger?.reason ?? '');
    expect(builds[0]).toMatch(/nothing was built from one before|its schedule named/);
    expect(builds.filter((reason) => reason.endsWith(' ago, and rebuildAfter is 10d')).length).toBeGreaterThan(0);
    expect(builds.length).toBeGreaterThan(new Set(history.releases.map(({ ami }) => ami)).size);
    const upToDate = history.builds.filter(({ status }) => status === 'up-to-date');
    expect(upToDate.map(({ trigger }) => trigger?.by)).toEqual(upToDate.map(() => 'schedule'));
    expect(upToDate.length).toBeGreaterThan(2);
  });

  test('has a child of every image of the parent', () => {
    expect(published('child').map(({ source }) => source)).toEqual(published('parent').map(({ ami }) => ami));
  });

  test('is swept every day, and nothing is left behind', () => {
    expect(history.sweeps).toHaveLength(30);
    expect(history.sweeps.every(({ orphans }) => orphans === 0)).toBe(true);
    expect(simulation.queue('TriggerFailures')).toEqual([]);
  });

  test('is known by what it costs', () => {
    const made = history.builds.filter(({ status }) => status === 'published');
    expect(made.every(({ usd }) => (usd ?? 0) > 0)).toBe(true);
  });
});

describe('two days of three source images, two of them within the hour', () => {
  const calendar = [after(8.2), after(8.7), after(26.4)];
  const rough = (rates: Partial<Rates>, more: Partial<DaysOptions> = {}) =>
    runDays({ catalog: pair, days: 2, seed: 1, calendar, rates: { ...noRates, ...rates }, ...more });

  test('keep every promise where events are lost: each costs a poll at the most', async () => {
    const { history } = await rough({ eventsLost: 0.4 });
    expect(history.unheard.length).toBeGreaterThan(0);
    expect(brokenIn(history)).toEqual([]);
    expect(saidOf(history)[0]).toMatch(/^3 of 3 /);
  });

  test('keep every promise where events come twice', async () => {
    const { history } = await rough({ eventsDoubled: 0.9 });
    expect(history.starts.length).toBeGreaterThan(1.8 * history.builds.length);
    expect(brokenIn(history)).toEqual([]);
  });

  test('keep every promise where events come late and overtake each other', async () => {
    const { history } = await rough({}, { rough: true, seed: 2 });
    expect(brokenIn(history)).toEqual([]);
    expect(saidOf(history)[2]).toMatch(/: 3 of 3,/);
  });
});

test('builds that fail time and again open the breaker, which says so from then on', async () => {
  const scenario = { commands: [{ step: 'patch', exitCode: 1 }] };
  const { history } = await runDays({ catalog: pair, days: 1, calendar: [after(12)], scenario });
  expect(brokenIn(history)).toEqual([]);
  expect(checkHistory(history)[0]).toMatchObject({
    says: '0 of 1 source updates were published',
    held: [expect.stringMatching(/^parent: .* breaker is open$/), expect.stringMatching(/^parent: /)],
  });
  expect(history.builds.map(({ status }) => status)).toEqual(Array(5).fill('failed'));
  expect(history.starts.at(-1)).toMatchObject({ skipped: 'breaker open', because: expect.stringMatching(/5 times/) });
});
