import { expect, test } from '@jest/globals';
import { applyOverrides } from '../../../core/recipe/recipe.ts';

const document = {
  name: 'base',
  builder: { instanceTypes: ['t3.small'], rootVolume: { sizeGiB: 8, type: 'gp3' } },
  checks: [{ name: 'a' }],
};

test.each<[string, unknown, unknown]>([
  ['nothing to change gives the same', undefined, document],
  ['an empty map changes nothing', {}, document],
  ['a plain value is replaced', { name: 'other' }, { ...document, name: 'other' }],
  ['a new key is added', { publish: { channel: 'beta' } }, { ...document, publish: { channel: 'beta' } }],
  [
    'maps are merged at every depth',
    { builder: { rootVolume: { sizeGiB: 20 } } },
    { ...document, builder: { ...document.builder, rootVolume: { sizeGiB: 20, type: 'gp3' } } },
  ],
  ['a list is replaced, not merged', { checks: [] }, { ...document, checks: [] }],
  ['null removes a key', { checks: null }, { name: document.name, builder: document.builder }],
  ['null within a new map removes nothing', { publish: { channel: null } }, { ...document, publish: {} }],
  ['a map takes the place of a plain value', { name: { first: 'x' } }, { ...document, name: { first: 'x' } }],
])('%s', (_sentence, overrides, expected) => {
  expect(applyOverrides(document, overrides)).toEqual(expected);
});

test('neither the document nor the overrides are changed', () => {
  const before = structuredClone(document);
  const overrides = { builder: { rootVolume: { sizeGiB: 20 } }, checks: null };
  applyOverrides(document, overrides);
  expect(document).toEqual(before);
  expect(overrides).toEqual({ builder: { rootVolume: { sizeGiB: 20 } }, checks: null });
});

test('a key called __proto__ is a key like any other', () => {
  const merged = applyOverrides({}, JSON.parse('{"__proto__": {"polluted": true}}')) as object;
  expect(Object.keys(merged)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
