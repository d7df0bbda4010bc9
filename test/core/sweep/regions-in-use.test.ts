import { expect, test } from '@jest/globals';
import { regionsIn } from '../../../core/sweep/regions-in-use.ts';

test('every region of every recipe is named once, and home is the region of the pipeline', () => {
  const recipes = {
    one: { distribute: [{ region: 'home' }, { region: 'eu-west-1' }] },
    two: { distribute: [{ region: 'eu-west-1' }, { region: 'us-west-2' }] },
  };
  expect(regionsIn({ recipes }, 'us-east-1')).toEqual(['us-east-1', 'eu-west-1', 'us-west-2']);
});

test.each<[string, unknown]>([
  ['an empty file', null],
  ['a text', 'x'],
  ['a list', []],
  ['no targets', {}],
  ['targets that are no list', { distribute: { region: 'eu-west-1' } }],
  ['targets that are no maps', { distribute: ['ab', null, { region: 5 }] }],
])('%s names no region', (_what, document) => {
  expect(regionsIn({ recipes: { broken: document } }, 'us-east-1')).toEqual([]);
});
