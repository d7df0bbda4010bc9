import { expect, test } from '@jest/globals';
import { entered, output, setUp, states } from '../fixture.ts';

const input = {
  s: 'golden-1',
  n: 5,
  t: true,
  f: false,
  nil: null,
  at: '2026-02-03T04:05:06Z',
  other: 'golden-1',
  n2: 6,
  later: '2026-02-03T05:05:06.5+00:00',
  star: 'a*b',
};

async function holds(rule: object, given: object = input): Promise<boolean> {
  const machine = states({
    C: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
    Yes: { Type: 'Succeed' },
    No: { Type: 'Succeed' },
  });
  return entered(await setUp(machine).run(given)).at(-1) === 'Yes';
}

test.each<[string, string, unknown, boolean]>([
  ['s', 'StringEquals', 'golden-1', true],
  ['s', 'StringEquals', 'golden', false],
  ['n', 'StringEquals', '5', false],
  ['s', 'StringEqualsPath', '$.other', true],
  ['s', 'StringLessThan', 'h', true],
  ['s', 'StringGreaterThan', 'h', false],
  ['s', 'StringLessThanEquals', 'golden-1', true],
  ['s', 'StringGreaterThanEquals', 'golden-2', false],
  ['s', 'StringLessThanPath', '$.other', false],
  ['s', 'StringMatches', 'gold*-*', true],
  ['s', 'StringMatches', 'gold', false],
  ['s', 'StringMatches', 'g.lden-1', false],
  ['star', 'StringMatches', 'a\\*b', true],
  ['s', 'StringMatches', 'golden\\*', false],
  ['n', 'NumericEquals', 5, true],
  ['n', 'NumericLessThan', 5, false],
  ['n', 'NumericGreaterThan', 4.5, true],
  ['n', 'NumericLessThanEquals', 5, true],
  ['n', 'NumericGreaterThanEquals', 6, false],
  ['n', 'NumericLessThanPath', '$.n2', true],
  ['s', 'NumericEquals', 5, false],
  ['t', 'BooleanEquals', true, true],
  ['f', 'BooleanEquals', false, true],
  ['t', 'BooleanEqualsPath', '$.f', false],
  ['at', 'TimestampEquals', '2026-02-03T05:05:06+01:00', true],
  ['at', 'TimestampLessThan', '2026-02-03T04:05:07Z', true],
  ['at', 'TimestampLessThanPath', '$.later', true],
  ['at', 'TimestampGreaterThanEquals', '2026-02-03T04:05:07Z', false],
  ['s', 'TimestampEquals', '2026-02-03T04:05:07Z', false],
  ['nil', 'IsNull', true, true],
  ['s', 'IsNull', false, true],
  ['s', 'IsString', true, true],
  ['n', 'IsNumeric', true, true],
  ['t', 'IsBoolean', true, true],
  ['at', 'IsTimestamp', true, true],
  ['s', 'IsTimestamp', true, false],
  ['nil', 'IsPresent', true, true],
  ['gone', 'IsPresent', true, false],
  ['gone', 'IsPresent', false, true],
])('of %s, %s %p is %p', async (field, comparison, value, expected) => {
  expect(await holds({ Variable: `$.${field}`, [comparison]: value })).toBe(expected);
});

test('And, Or and Not combine rules, and And stops at the first that fails', async () => {
  const five = { Variable: '$.n', NumericEquals: 5 };
  const gone = { Variable: '$.gone', IsPresent: true };
  expect(await holds({ And: [five, { Not: gone }] })).toBe(true);
  expect(await holds({ And: [gone, { Variable: '$.gone', NumericEquals: 1 }] })).toBe(false);
  expect(await holds({ Or: [gone, five] })).toBe(true);
  expect(await holds({ Not: { Or: [gone, five] } })).toBe(false);
});

test('a choice compares context and variables too', async () => {
  expect(await holds({ Variable: '$$.StateMachine.Name', StringEquals: 'tested' })).toBe(true);
  const machine = states({
    Set: { Type: 'Pass', Assign: { v: { deep: 3 } }, Next: 'C' },
    C: { Type: 'Choice', Choices: [{ Variable: '$v.deep', NumericEquals: 3, Next: 'Yes' }] },
    Yes: { Type: 'Succeed' },
  });
  expect((await setUp(machine).run()).status).toBe('SUCCEEDED');
});

test('a choice nothing matches, and one of a missing place, fail the execution as States.Runtime', async () => {
  const machine = states({
    C: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'Yes' }] },
    Yes: { Type: 'Succeed' },
  });
  expect(await setUp(machine).run({ n: 2 })).toMatchObject({
    error: 'States.Runtime',
    cause:
      "An error occurred while executing the state 'C' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
  });
  expect((await setUp(machine).run({})).cause).toContain(
    "Invalid path '$.n': The choice state's condition path references an invalid value.",
  );
});

test('a rule assigns when it is taken, the state when its default is', async () => {
  const machine = states({
    C: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.n', NumericEquals: 1, Next: 'Show', Assign: { 'how.$': "States.Format('rule {}', $.n)" } },
      ],
      Default: 'Show',
      Assign: { how: 'default' },
    },
    Show: { Type: 'Pass', InputPath: '$how', End: true },
  });
  expect(output(await setUp(machine).run({ n: 1 }))).toBe('rule 1');
  expect(output(await setUp(machine).run({ n: 2 }))).toBe('default');
});
