import { describe, expect, test } from '@jest/globals';
import { buildIn } from '../../../core/build/identity-from-input.ts';

const execution = {
  id: 'arn:aws:states:us-east-1:111122223333:execution:golden-build-image:manual-1',
  startedAt: '2026-11-23T03:00:00.000Z',
};
const build = '20261123-030000-f2e1';
const event = (input: unknown) => ({
  detail: {
    executionArn: execution.id,
    startDate: Date.parse(execution.startedAt),
    input: typeof input === 'string' ? input : JSON.stringify(input),
  },
});
const derived = buildIn({ input: { recipe: 'base' }, execution }).build;

describe('what a function is called about is said by', () => {
  test.each<[string, unknown, unknown]>([
    ['its build', { build: { recipe: 'base', build, execution }, instance: 'i-1' }, { recipe: 'base', build }],
    ['a recipe alone', { recipe: 'base', scheduled: '2026-11-23T03:00:00Z' }, { recipe: 'base' }],
    ['the input of its execution', { input: { recipe: 'base', build }, execution }, { recipe: 'base', build }],
    [
      'the execution it works for',
      { execution: { ...execution, input: { recipe: { name: 'own' } } }, as: 'x', context: {} },
      { recipe: 'own', build: derived },
    ],
    ['an execution whose input names nothing', { execution: { ...execution, input: 7 } }, { build: derived }],
    ['the event of an execution', event({ recipe: 'base' }), { recipe: 'base', build: derived }],
    ['the event of a clean-up', event(event({ recipe: 'base', build })), { recipe: 'base', build }],
    ['an event whose input is cut off', event('{"recipe": "ba'), { build: derived }],
  ])('%s', (_, payload, found) => {
    expect(buildIn(payload)).toEqual(found);
    expect(derived).toMatch(/^20261123-030000-[0-9a-f]{4}$/);
  });
});

test.each([
  undefined,
  null,
  'text',
  [],
  {},
  { execution: 'x' },
  { execution: { id: 'x', startedAt: 'never' } },
  { detail: null },
  // which build it is the execution's input alone can say
  { execution: { ...execution, as: 'x' }, context: {} },
  { detail: { executionArn: execution.id, startDate: Date.parse(execution.startedAt), input: null } },
])('%j says nothing, and does no harm', (payload) => {
  expect(buildIn(payload)).toEqual({});
});
