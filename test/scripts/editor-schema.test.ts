import { expect, test } from '@jest/globals';
import { namesFile } from '../../core/recipe/parameters/places.ts';
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
  // Variants may have the rest.
  expect(recipe.required).toEqual(['name']);
  expect(recipe).toMatchObject({
    if: { required: ['variants'] },
    else: { required: ['name', 'source', 'builder', 'distribute'] },
  });
  expect(part.required).toBeUndefined();
  expect(at(part, 'builder').required).toBeUndefined();
  expect(at(part, 'publish').type).toEqual(['object', 'null']);
  expect(at(part, 'onFailure').anyOf).toContainEqual({ type: 'null' });
  expect(at(part, 'distribute', '[]').required).toEqual(['region']);
  expect(Object.keys(part.properties ?? {})).toEqual(Object.keys(recipe.properties ?? {}));
});

test('every key that names a file beside the recipe is known as such, so that bases can name files and expressions cannot', () => {
  const named: string[][] = [];
  const visit = (schema: Schema, path: string[]) => {
    if (schema.description?.includes("below the recipe's folder")) named.push(path);
    for (const [key, value] of Object.entries(schema.properties ?? {})) visit(value as Schema, [...path, key]);
    if (schema.items) visit(schema.items as Schema, [...path, '0']);
  };
  visit(recipe, []);
  expect(named.length).toBeGreaterThanOrEqual(5);
  expect(named.filter((path) => path[0] !== 'variants' && !namesFile(path)).map((path) => path.join('.'))).toEqual([]);
});
