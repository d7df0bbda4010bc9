import { expect, test } from '@jest/globals';
import { sourceCalendar, type PublicSource } from '../../../simulator/aws/source-calendar.ts';

const from = Date.parse('2026-11-23T03:00:00Z');
const hour = 3_600_000;
const day = 24 * hour;
const timesOf = (system: PublicSource['system'], seed: number, days: number) =>
  sourceCalendar([{ parameter: '/one', system }], { from, days, seed }).map(({ at }) => at);
const gapsOf = (times: number[]) => times.slice(1).map((at, index) => at - times[index]!);

test('Windows is published on the second Tuesday of each month', () => {
  const days = timesOf('Windows', 1, 120).map((at) => new Date(at).toISOString().slice(0, 10));
  expect(days).toEqual(['2026-12-08', '2027-01-12', '2027-02-09', '2027-03-09']);
});

test('Amazon Linux is published about every two weeks, now and then twice within the hour; Ubuntu about every week', () => {
  const gaps = [1, 2, 3].flatMap((seed) => gapsOf(timesOf('AmazonLinux', seed, 365)));
  const again = gaps.filter((gap) => gap < hour);
  const [fortnights, weeks] = [gaps.filter((gap) => gap >= hour), gapsOf(timesOf('Ubuntu', 1, 365))];
  expect(again.length).toBeGreaterThan(5);
  expect(Math.min(...fortnights)).toBeGreaterThan(9 * day);
  expect(Math.max(...fortnights)).toBeLessThan(19 * day);
  expect(weeks.length).toBeGreaterThan(40);
  expect(Math.max(...weeks)).toBeLessThan(11 * day);
});

test('the same seed is the same calendar, of which fewer days are the beginning; another seed is another', () => {
  const year = timesOf('AmazonLinux', 7, 365);
  expect(timesOf('AmazonLinux', 7, 365)).toEqual(year);
  const month = timesOf('AmazonLinux', 7, 30);
  expect(month.length).toBeGreaterThan(0);
  expect(year.slice(0, month.length)).toEqual(month);
  expect(timesOf('AmazonLinux', 8, 365)).not.toEqual(year);
});

test('a vendor publishes all its images at once, and nothing before the first or after the last day', () => {
  const sources: PublicSource[] = ['/one', '/other'].map((parameter) => ({ parameter, system: 'Windows' }));
  const entries = sourceCalendar(sources, { from: Date.parse('2026-12-09T00:00:00Z'), days: 40, seed: 1 });
  expect(entries.map(({ parameter }) => parameter)).toEqual(['/one', '/other']);
  expect(new Set(entries.map(({ at }) => new Date(at).toISOString().slice(0, 10)))).toEqual(new Set(['2027-01-12']));
});
