import { expect, test } from '@jest/globals';
import { day, follower, hour, resting, started, triggered } from '../support/triggered.ts';

const at = (time: string) => ({ start: new Date(time) });

test('a schedule fires at the time its clocks show, within its window, also when they are changed', async () => {
  const triggers = { schedule: 'cron(0 3 ? * SUN *)', timezone: 'Europe/Berlin', flexibleWindow: '20m' };
  const simulation = triggered([follower('base', { triggers })], at('2026-10-17T00:00:00Z'));
  await simulation.pass(16 * day);
  const named = simulation.starts.map(({ reason }) => /\S+Z$/.exec(reason)?.[0] ?? '');
  // Summer time ends on the 25th, at 03:00.
  expect(named).toEqual(['2026-10-18T01:00:00Z', '2026-10-25T02:00:00Z', '2026-11-01T02:00:00Z']);
  for (const [index, start] of simulation.starts.entries()) {
    const late = (Date.parse(start.at) - Date.parse(named[index] ?? '')) / 60_000;
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(21);
  }
  expect(simulation.executions().map(({ name }) => name)).toEqual([
    'base-20261018T010000Z',
    'base-20261025T020000Z',
    'base-20261101T020000Z',
  ]);
  // The first one builds; the others find its image up to date.
  const statuses = simulation
    .executions()
    .map(({ output }) => (JSON.parse(output ?? '{}') as { status: string }).status);
  expect(statuses).toEqual(['published', 'up-to-date', 'up-to-date']);
});

test('a rate begins at once and fires in its own time; a recipe without schedule is left alone', async () => {
  const simulation = triggered([
    follower('often', { triggers: { schedule: 'rate(2 days)', flexibleWindow: '1m' } }),
    resting('never'),
  ]);
  await simulation.pass(5 * day);
  expect(started(simulation)).toEqual(Array(3).fill('often by schedule'));
  const days = simulation.starts.map((start) =>
    Math.floor((Date.parse(start.at) - Date.parse('2026-11-23T03:00Z')) / 86_400_000),
  );
  expect(days).toEqual([0, 2, 4]);
  expect(simulation.queue('TriggerFailures')).toEqual([]);
});

test('without triggers nothing starts by itself', async () => {
  const simulation = triggered([follower('base')], { triggers: false });
  await simulation.pass(3 * hour);
  expect(simulation.executions()).toEqual([]);
});
