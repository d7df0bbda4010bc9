import { expect, test } from '@jest/globals';
import type { Decision } from '../../../core/start/start-decision.ts';
import { decideTogether } from '../../../core/variants/start-together.ts';

const trigger = { by: 'source', reason: 'newer' } as const;
const start = (recipe: string): Decision => ({
  start: { names: [`${recipe}-0`, `${recipe}-1`], input: { recipe, trigger } },
});
const unchanged: Decision = { skip: 'unchanged', because: 'the same' };
const building: Decision = { skip: 'building', because: 'it is being built' };

test('one variant with a reason starts all, under names that come from the variants with a reason', () => {
  const { start: one } = decideTogether('base', [start('base-arm64'), unchanged]);
  expect(one?.input).toEqual({ recipe: 'base', trigger });
  expect(one?.names).toEqual([
    expect.stringMatching(/^base-[0-9a-f]{12}-0$/),
    expect.stringMatching(/^base-[0-9a-f]{12}-1$/),
  ]);
  expect(decideTogether('base', [start('base-arm64'), unchanged]).start?.names).toEqual(one?.names);
  expect(decideTogether('base', [start('base-arm64'), start('base-x86_64')]).start?.names).not.toEqual(one?.names);
});

test.each([
  [[unchanged, unchanged], { skip: 'unchanged', because: 'the same; the same' }],
  [[start('base-arm64'), building], building],
  [[building, unchanged], building],
])('%j starts nothing', (decisions, expected) => {
  expect(decideTogether('base', decisions)).toEqual(expected);
});
