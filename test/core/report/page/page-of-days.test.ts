import { expect, test } from '@jest/globals';
import { weeksOfDays } from '../../../../core/report/page/page-of-days.ts';
import { daysFacts } from '../../../support/days-facts.ts';

test('days are weeks from Monday to Sunday, filled up at both ends', () => {
  const weeks = weeksOfDays({ ...daysFacts(), from: '2026-11-25T03:00:00.000Z', days: 5 });
  expect(weeks.map((week) => week.map(({ date, within }) => (within ? date.slice(5) : '')))).toEqual([
    ['', '', '11-25', '11-26', '11-27', '11-28', '11-29'],
    ['11-30', '', '', '', '', '', ''],
  ]);
});

test('every event is in its day', () => {
  const facts = daysFacts();
  const all = weeksOfDays(facts).flat();
  expect(all.flatMap(({ events }) => events)).toEqual(facts.events);
  for (const { date, events } of all) expect(events.every(({ at }) => at.startsWith(date))).toBe(true);
});
