import { expect, test } from '@jest/globals';
import { scheduleProblem } from '../../../../core/recipe/rules/schedule.ts';

test.each([
  'cron(0 3 ? * SUN *)',
  'cron(0/15 8-18 ? JAN,JUL MON-FRI 2026-2030)',
  'cron(30 4 L * ? *)',
  'cron(30 4 15W * ? *)',
  'cron(0 4 ? * WED#3 *)',
  'cron(0 4 ? * 6L *)',
  'rate(1 day)',
  'rate(1 days)',
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
  [
    'cron(0 3 ? * SUNDAY *)',
    'day-of-week "SUNDAY" must be made of 1 to 7 or SUN to SAT, * , and -, or be ?, L, 6L or 3#2',
  ],
  ['cron(0 3 1 13 ? *)', 'month "13" must be made of 1 to 12 or JAN to DEC, * , - and /'],
  ['cron(0 3/0 ? * SUN *)', 'hours "3/0" has the step 0, which must be a whole number from 1 to 23'],
  ['cron(0 1-2-3 ? * SUN *)', 'hours "1-2-3" must be made of 0 to 23, * , - and /'],
  [
    'cron(0 3 ? * FRI-MON *)',
    'day-of-week "FRI-MON" has the range FRI-MON, which ends before it begins; write a list of two ranges instead',
  ],
  [
    'cron(0 22-4 * * ? *)',
    'hours "22-4" has the range 22-4, which ends before it begins; write a list of two ranges instead',
  ],
  ['cron(0/90 3 * * ? *)', 'minutes "0/90" has the step 90, which must be a whole number from 1 to 59'],
  [
    'cron(0 3 ? * 2-6/2 *)',
    'day-of-week "2-6/2" has a step (/), which EventBridge Scheduler has for the other fields only; write a list instead',
  ],
  ['cron(0 3 ? * mon *)', 'day-of-week "mon" must be made of 1 to 7 or SUN to SAT, * , and -, or be ?, L, 6L or 3#2'],
  [
    'cron(0 3 ? * 3#1,6#3 *)',
    'day-of-week "3#1,6#3" must be made of 1 to 7 or SUN to SAT, * , and -, or be ?, L, 6L or 3#2',
  ],
  ['cron(0 3 L,15 * ? *)', 'day-of-month "L,15" must be made of 1 to 31, * , - and /, or be ?, L, LW or 15W'],
  ['rate(7 day)', 'must be rate(7 days)'],
  ['rate(0 days)', 'rate(0 days) must be a whole number and minutes, hours or days, such as rate(7 days)'],
  ['at(2026-12-24T18:00:00)', 'at(...) runs once only; use cron(...) or rate(...)'],
  [`cron(${'0,'.repeat(130)}0 3 ? * SUN *)`, 'has 279 characters, EventBridge Scheduler takes 256 at most'],
  ['every sunday', 'must be cron(0 3 ? * SUN *) or rate(7 days), got "every sunday"'],
])('%s is refused', (schedule, problem) => {
  expect(scheduleProblem(schedule)).toBe(problem);
});
