import { expect, test } from '@jest/globals';
import { scheduleProblem } from '../../core/schedule.ts';

test.each([
  'cron(0 3 ? * SUN *)',
  'cron(0/15 8-18 ? JAN,JUL mon-fri 2026-2030)',
  'cron(30 4 L * ? *)',
  'cron(30 4 15W * ? *)',
  'cron(0 4 ? * WED#3 *)',
  'cron(0 4 ? * 6L *)',
  'rate(1 day)',
  'rate(12 hours)',
])('%s is a schedule', (schedule) => {
  expect(scheduleProblem(schedule)).toBeUndefined();
});

test.each([
  ['cron(0 3 * * *)', 'cron(...) has six fields (minutes hours day-of-month month day-of-week year), got 5'],
  ['cron(0 3 * * SUN *)', 'exactly one of day-of-month and day-of-week must be ?'],
  ['cron(0 3 ? * ? *)', 'exactly one of day-of-month and day-of-week must be ?'],
  ['cron(60 3 ? * SUN *)', 'minutes "60" must be made of 0 to 59, * , - and /'],
  ['cron(0 24 ? * SUN *)', 'hours "24" must be made of 0 to 23, * , - and /'],
  ['cron(0 3 ? * SUNDAY *)', 'day-of-week "SUNDAY" must be made of 1 to 7 or SUN to SAT, * , - and /'],
  ['cron(0 3 1 13 ? *)', 'month "13" must be made of 1 to 12 or JAN to DEC, * , - and /'],
  ['cron(0 3/0 ? * SUN *)', 'hours "3/0" must be made of 0 to 23, * , - and /'],
  ['cron(0 1-2-3 ? * SUN *)', 'hours "1-2-3" must be made of 0 to 23, * , - and /'],
  ['rate(1 days)', 'must be rate(1 day)'],
  ['rate(7 day)', 'must be rate(7 days)'],
  ['rate(0 days)', 'rate(0 days) must be a whole number and minutes, hours or days, such as rate(7 days)'],
  ['at(2026-12-24T18:00:00)', 'at(...) runs once only; use cron(...) or rate(...)'],
  ['every sunday', 'must be cron(0 3 ? * SUN *) or rate(7 days), got "every sunday"'],
])('%s is refused', (schedule, problem) => {
  expect(scheduleProblem(schedule)).toBe(problem);
});
