import { expect, test } from '@jest/globals';
import { done, entered, setUp, states } from '../fixture.ts';

const input = { t: true, f: false, nil: null, s: 'true' };
const yes = (rule: object) =>
  states({ C: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' }, Yes: done, No: done });

test.each<[string, string, boolean, boolean]>([
  ['t', 'BooleanEquals', true, true],
  ['f', 'BooleanEquals', false, true],
  ['f', 'BooleanEquals', true, false],
  ['s', 'BooleanEquals', true, false],
  ['nil', 'IsPresent', true, true],
  ['gone', 'IsPresent', true, false],
  ['gone', 'IsPresent', false, true],
])('of %s, %s %p is %p', async (field, comparison, value, expected) => {
  const execution = await setUp(yes({ Variable: `$.${field}`, [comparison]: value })).run(input);
  expect(entered(execution).at(-1)).toBe(expected ? 'Yes' : 'No');
});

test('a choice asks the context object, too', async () => {
  const execution = await setUp(yes({ Variable: '$$.Execution.Input.t', BooleanEquals: true })).run(input);
  expect(entered(execution).at(-1)).toBe('Yes');
});

test('a choice that no rule fits, and a choice of a missing place, fail the execution as States.Runtime', async () => {
  const machine = states({
    C: { Type: 'Choice', Choices: [{ Variable: '$.t', BooleanEquals: true, Next: 'Yes' }] },
    Yes: done,
  });
  expect(await setUp(machine).run({ t: false })).toMatchObject({
    error: 'States.Runtime',
    cause:
      "An error occurred while executing the state 'C' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
  });
  expect((await setUp(machine).run({})).cause).toContain(
    "Invalid path '$.t': The choice state's condition path references an invalid value.",
  );
});
