import { expect, test } from '@jest/globals';
import { claimedIdentity } from '../../core/build/identity-from-input.ts';
import { isRecipeName } from '../../core/recipe-name.ts';
import { name } from '../../core/recipe/scalars.ts';
import { identityFromTags } from '../../core/sweep/estate.ts';
import type { Thing } from '../../core/undo/things.ts';

const build = '20261123-030000-9f2c';
const execution = { id: 'arn:aws:states:us-east-1:111122223333:execution:m:e', startedAt: '2026-11-23T03:00:00Z' };
const tagged = (recipe: string) => ({ tags: { 'golden:recipe': recipe, 'golden:build': build } }) as unknown as Thing;

test.each([
  ['base', true],
  ['al2023-base', true],
  ['2', true],
  ['a'.repeat(48), true],
  ['a'.repeat(49), false],
  ['a--b', false],
  ['a-', false],
  ['-a', false],
  ['Base', false],
  ['../x', false],
  ['', false],
])('schema, clean-up and sweep agree on the recipe name "%s": %s', (text, right) => {
  expect(isRecipeName(text)).toBe(right);
  expect(name.safeParse(text).success).toBe(right);
  expect(claimedIdentity({ recipe: text }, execution) !== undefined).toBe(right);
  expect(identityFromTags(tagged(text)) !== undefined).toBe(right);
});
