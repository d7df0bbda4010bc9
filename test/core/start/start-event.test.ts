import { describe, expect, test } from '@jest/globals';
import type { Recipe } from '../../../core/recipe/types.ts';
import { parseRecipe } from '../../../core/recipe/recipe.ts';
import { startRequests } from '../../../core/start/start-event.ts';
import { recipe as base } from '../../support/pipeline.ts';

function sound(changes: Record<string, unknown>): Recipe {
  const { recipe, problems } = parseRecipe({ ...base, ...changes }, {});
  if (!recipe) throw new Error(JSON.stringify(problems));
  return recipe;
}
const onUpdate = { triggers: { onSourceUpdate: true } };
const recipes = [
  sound({ ...onUpdate, name: 'base' }),
  sound({ ...onUpdate, name: 'child', source: { channel: 'base/stable' } }),
  sound({ ...onUpdate, name: 'tester', source: { channel: 'base/beta' } }),
  sound({ ...onUpdate, name: 'grandchild', source: { channel: 'child/stable' } }),
  sound({ name: 'patient', source: { channel: 'base/stable' } }),
];
const asked = (event: unknown) =>
  startRequests(event, recipes, '/golden').map(({ recipe, trigger }) => `${recipe} by ${trigger.by}`);

const event = (source: string, type: string, detail: unknown) => ({ source, 'detail-type': type, detail });
const updated = (detail: unknown) => event('golden.images', 'Source Image Updated', detail);
const moved = (name: string, more: object = {}) =>
  event('aws.ssm', 'Parameter Store Change', { name, operation: 'Update', type: 'String', ...more });
const ended = (output: unknown) =>
  event('aws.states', 'Step Functions Execution Status Change', { name: 'x', status: 'SUCCEEDED', output });

test('a schedule asks for its recipe, at the time it names', () => {
  expect(startRequests({ recipe: 'base', scheduled: '2026-11-23T03:00:00Z' }, recipes, '/golden')).toEqual([
    {
      recipe: 'base',
      scheduled: '2026-11-23T03:00:00Z',
      trigger: { by: 'schedule', reason: 'its schedule named 2026-11-23T03:00:00Z' },
    },
  ]);
});

test('a newer source asks for every recipe it names, once; one on a channel goes by its parent', () => {
  const detail = { recipes: ['base', 'child', 'base'], source: { ami: 'ami-2', was: 'ami-1' }, reason: 'newer' };
  expect(asked(updated(detail))).toEqual(['base by source', 'child by parent']);
});

test('a channel that moved asks for the recipes which build on it, and on no other', () => {
  expect(asked(moved('/golden/base/stable'))).toEqual(['child by parent']);
  expect(asked(moved('/golden/base/beta'))).toEqual(['tester by parent']);
  expect(asked(moved('/golden/base/unused'))).toEqual([]);
  expect(asked(moved('/golden/settings'))).toEqual([]);
});

test('a channel that could not take its image has not moved', () => {
  expect(asked(moved('/golden/base/stable', { exception: 'Unable to Describe Resource' }))).toEqual([]);
});

test('a build that was published asks for its children; one that found its image up to date does not', () => {
  const build = { recipe: 'base', build: '20261123-030000-9f2c' };
  expect(asked(ended(JSON.stringify({ ...build, status: 'published' })))).toEqual([
    'child by parent',
    'tester by parent',
  ]);
  expect(asked(ended(JSON.stringify({ ...build, status: 'up-to-date' })))).toEqual([]);
});

test('a reason is never longer than an execution takes', () => {
  const detail = { recipes: ['base'], source: { ami: 'ami-2' }, reason: 'x'.repeat(1000) };
  expect(startRequests(updated(detail), recipes, '/golden')[0]?.trigger.reason).toHaveLength(500);
});

describe('refused, with what is wrong:', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /without detail-type .* all of it/],
    ['a text', 'base', /without detail-type/],
    ['an event of something else', event('aws.ec2', 'EC2 AMI State Change', {}), /"EC2 AMI State Change"/],
    ['a schedule without its time', { recipe: 'base' }, /scheduled/],
    ['a time that is none', { recipe: 'base', scheduled: '<aws.scheduler.scheduled-time>' }, /scheduled/],
    ['an input for an execution', { recipe: 'base', overrides: {} }, /without detail-type/],
    ['an update of no recipe', updated({ recipes: [], source: { ami: 'ami-2' }, reason: 'newer' }), /detail\.recipes/],
    ['an update by a stranger', { ...updated({}), source: 'com.example' }, /source \(/],
    ['an output that is no JSON', ended('{'), /output of the execution x is no JSON/],
    ['an output that is no build', ended('[]'), /output of the execution x/],
    ['an output that was left out', ended(null), /detail\.output/],
  ])('%s', (_, given, why) => {
    expect(() => startRequests(given, recipes, '/golden')).toThrow(
      expect.objectContaining({ name: 'EventRefused', message: expect.stringMatching(why) }),
    );
  });
});
