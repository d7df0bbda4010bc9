import { expect, test } from '@jest/globals';
import { nextRun } from '../../../../simulator/pipeline/schedules/cron.ts';

/** So many runs after an instant, to the minute in UTC. */
function runs(expression: string, count: number, { timezone = 'UTC', after = '2026-11-23T03:00:00Z' } = {}): string[] {
  const times: string[] = [];
  let at = Date.parse(after);
  while (times.length < count) {
    at = nextRun(expression, timezone, at) ?? Number.NaN;
    if (Number.isNaN(at)) break;
    times.push(new Date(at).toISOString().slice(0, 16));
  }
  return times;
}

test.each([
  ['a day of the week', 'cron(0 3 ? * SUN *)', ['2026-11-29T03:00', '2026-12-06T03:00']],
  [
    'days of the week by AWS numbers',
    'cron(0 4 ? * 2,4,6 *)',
    ['2026-11-23T04:00', '2026-11-25T04:00', '2026-11-27T04:00', '2026-11-30T04:00'],
  ],
  ['a list of them', 'cron(0 4 ? * 1,TUE *)', ['2026-11-24T04:00', '2026-11-29T04:00']],
  ['the third Wednesday', 'cron(0 4 ? * WED#3 *)', ['2026-12-16T04:00', '2027-01-20T04:00']],
  ['the same by number', 'cron(0 4 ? * 4#3 *)', ['2026-12-16T04:00', '2027-01-20T04:00']],
  ['the last Friday', 'cron(0 9 ? * 6L *)', ['2026-11-27T09:00', '2026-12-25T09:00']],
  ['the last day of a week', 'cron(0 9 ? * L *)', ['2026-11-28T09:00', '2026-12-05T09:00']],
  ['the last day of a month', 'cron(30 2 L * ? *)', ['2026-11-30T02:30', '2026-12-31T02:30']],
  ['the last weekday of a month', 'cron(30 2 LW * ? *)', ['2026-11-30T02:30', '2026-12-31T02:30', '2027-01-29T02:30']],
  [
    'the weekday nearest to a day',
    'cron(0 0 1W * ? *)',
    [
      '2026-12-01T00:00',
      '2027-01-01T00:00',
      '2027-02-01T00:00',
      '2027-03-01T00:00',
      '2027-04-01T00:00',
      '2027-05-03T00:00',
    ],
  ],
  [
    'a day that not every month has',
    'cron(0 0 31 * ? *)',
    ['2026-12-31T00:00', '2027-01-31T00:00', '2027-03-31T00:00'],
  ],
  ['a leap day', 'cron(5 0 29 2 ? *)', ['2028-02-29T00:05', '2032-02-29T00:05']],
  [
    'steps, ranges and names',
    'cron(0/30 8-10/2 ? JAN,MAR MON-FRI 2027)',
    ['2027-01-01T08:00', '2027-01-01T08:30', '2027-01-01T10:00'],
  ],
])('%s', (_, expression, expected) => {
  expect(runs(expression, expected.length)).toEqual(expected);
});

const berlin = { timezone: 'Europe/Berlin' };

test('a time of day stays what the clocks show when they are changed', () => {
  expect(runs('cron(0 3 ? * SUN *)', 3, { ...berlin, after: '2026-10-17T00:00:00Z' })).toEqual([
    '2026-10-18T01:00',
    '2026-10-25T02:00',
    '2026-11-01T02:00',
  ]);
});

test('a time that the clocks leave out in spring is skipped', () => {
  expect(runs('cron(30 2 * * ? *)', 2, { ...berlin, after: '2027-03-27T12:00:00Z' })).toEqual([
    '2027-03-29T00:30',
    '2027-03-30T00:30',
  ]);
});

test('a time that the clocks show twice in autumn runs once, the first time', () => {
  expect(runs('cron(30 2 * * ? *)', 2, { ...berlin, after: '2026-10-24T12:00:00Z' })).toEqual([
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ]);
});

test('years come to an end', () => {
  expect(runs('cron(0 0 1 1 ? 2027)', 2)).toEqual(['2027-01-01T00:00']);
});

test('what is no schedule is refused by name', () => {
  expect(() => runs('at(2026-11-23T03:00:00)', 1)).toThrow('at(2026-11-23T03:00:00)');
});

test.each([
  'cron(0 3 ? * FRI-MON *)',
  'cron(0 22-4 * * ? *)',
  'cron(0/90 3 * * ? *)',
  'cron(0 3 ? * 2-6/2 *)',
  'cron(0 3 ? * mon *)',
  'cron(0 3 ? * 3#1,6#3 *)',
  'cron(0 3 L,15 * ? *)',
  'cron(0 3 * * * *)',
  'cron(0 3 ? * ? *)',
])('EventBridge Scheduler does not take %s', (expression) => {
  expect(() => runs(expression, 1)).toThrow(`Invalid Schedule Expression ${expression}`);
});
