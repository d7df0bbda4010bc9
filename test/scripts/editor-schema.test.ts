import { expect, test } from '@jest/globals';
import { partJsonSchema, recipeJsonSchema, type Schema } from '../../scripts/editor-schema.ts';

const recipe = JSON.parse(recipeJsonSchema()) as Schema;
const part = JSON.parse(partJsonSchema()) as Schema;
const at = (schema: Schema, ...path: string[]): Schema =>
  path.reduce<Schema>((one, key) => (key === '[]' ? one.items : one.properties?.[key]) as Schema, schema);

test.each<[string, string[], unknown]>([
  ['a number', ['builder', 'rootVolume', 'sizeGiB'], { type: ['integer', 'string'], pattern: '\\$\\{\\{', minimum: 1 }],
  ['a boolean', ['builder', 'installAgent'], { type: ['boolean', 'string'], pattern: '\\$\\{\\{' }],
  ['a list of texts', ['builder', 'instanceTypes'], { type: ['array', 'string'], pattern: '\\$\\{\\{' }],
  [
    'a word',
    ['image', 'capture'],
    { anyOf: [{ enum: ['stopped', 'running'] }, { pattern: '\\$\\{\\{' }], default: 'stopped' },
  ],
  [
    'a text of a form',
    ['image', 'timeout'],
    { type: 'string', pattern: expect.stringMatching(/^\(\?:.*\)\|\\\$\\\{\\\{$/) },
  ],
])('an expression is right in place of %s', (_what, path, schema) => {
  expect(at(recipe, ...path)).toMatchObject(schema as object);
  expect(at(recipe, ...path).description).toBeTruthy();
});

test.each([
  [['name']],
  [['publish', 'channel']],
  [['distribute', '[]', 'region']],
  [['retire', 'keep']],
  [['source', 'owner']],
])('%j takes no expression', (path) => {
  expect(JSON.stringify(at(recipe, ...path))).not.toContain('\\$\\\\{');
  expect(['string', 'integer']).toContain(at(recipe, ...path).type);
});

test('a part of a recipe may lack keys, and null removes one, but entries of lists are whole', () => {
  expect(recipe.required).toEqual(['name', 'source', 'builder', 'distribute']);
  expect(part.required).toBeUndefined();
  expect(at(part, 'builder').required).toBeUndefined();
  expect(at(part, 'publish').type).toEqual(['object', 'null']);
  expect(at(part, 'onFailure').anyOf).toContainEqual({ type: 'null' });
  expect(at(part, 'distribute', '[]').required).toEqual(['region']);
  expect(Object.keys(part.properties ?? {})).toEqual(Object.keys(recipe.properties ?? {}));
});
