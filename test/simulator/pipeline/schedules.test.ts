import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scheduleProblem } from '../../../core/recipe/rules/schedule.ts';
import { nextRun, periodOf } from '../../../simulator/pipeline/schedules/cron.ts';

const names = 'JAN FEB MAR DEC SUN MON FRI SAT mon'.split(' ');
const atom = fc.oneof(
  fc.integer({ min: 0, max: 70 }).map(String),
  fc.constantFrom(...names, '*', '*', '00', '05', '007', '2026', '1969', '2200', ''),
);
const range = fc.oneof(
  { weight: 3, arbitrary: atom },
  fc.tuple(atom, atom).map(([a, b]) => `${a}-${b}`),
);
const part = fc.oneof(
  { weight: 3, arbitrary: range },
  fc
    .tuple(range, fc.oneof(fc.integer({ min: 0, max: 70 }), fc.constantFrom('', '*', '05')))
    .map(([a, b]) => `${a}/${b}`),
);
const special = fc.constantFrom(
  '?',
  'L',
  'LW',
  'W',
  '15W',
  '0W',
  '32W',
  '6L',
  'FRIL',
  '8L',
  '3#2',
  'WED#3',
  '3#6',
  'L-3',
  '1#1,2#2',
);
const field = fc.oneof(
  { weight: 4, arbitrary: part },
  special,
  fc.array(part, { minLength: 1, maxLength: 3 }).map((all) => all.join()),
);
/** An entry that a field of these bounds takes, so that whole expressions are taken often enough. */
const within = (least: number, most: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: least, max: most }).map(String),
    fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most })).map(([a, b]) => `${a}-${b}`),
    fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: 1, max: most + 1 })).map(([a, b]) => `${a}/${b}`),
  );
const day = (of: fc.Arbitrary<string>) => fc.oneof(of, special);
const expression = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: within(0, 59) }, field),
    fc.oneof({ weight: 5, arbitrary: within(0, 23) }, field),
    fc.oneof({ weight: 5, arbitrary: fc.constant('?') }, { weight: 5, arbitrary: day(within(1, 31)) }, field),
    fc.oneof({ weight: 5, arbitrary: within(1, 12) }, field),
    fc.oneof({ weight: 5, arbitrary: fc.constant('?') }, { weight: 5, arbitrary: day(within(1, 7)) }, field),
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom('*', '2027', '2026-2028', '2026/2') }, field),
  )
  .map((fields) => `cron(${fields.join(' ')})`);

const rate = fc
  .tuple(
    fc.constantFrom('0', '1', '2', '07', '70', '-1'),
    fc.constantFrom('minute', 'minutes', 'hour', 'days', 'weeks'),
  )
  .map(([count, unit]) => `rate(${count} ${unit})`);

const now = Date.parse('2026-11-23T03:00:00Z');
function simulated(schedule: string): boolean {
  try {
    if (periodOf(schedule) === undefined) nextRun(schedule, 'UTC', now);
    return true;
  } catch {
    return false;
  }
}

test('a recipe takes a schedule exactly where the simulated scheduler runs it', () => {
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(fc.oneof({ weight: 20, arbitrary: expression }, rate), (schedule) => {
      const taken = scheduleProblem(schedule) === undefined;
      seen[taken ? 'taken' : 'refused'] += 1;
      expect(taken).toBe(simulated(schedule));
    }),
    { numRuns: 1_000 },
  );
  expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(50);
});
