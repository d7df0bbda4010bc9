import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { isMap } from '../../../../core/is-map.ts';
import { namesFile } from '../../../../core/recipe/parameters/places.ts';

/** The keys of a JSON schema that take a path below the recipe's folder, as the description of each says. */
function pathsBelow(schema: unknown, at: (string | number)[] = []): (string | number)[][] {
  if (!isMap(schema)) return [];
  const own = /below the recipe's folder/.test(String(schema['description'])) && schema['type'] === 'string';
  const { properties, items } = schema as { properties?: Record<string, unknown>; items?: unknown };
  return [
    ...(own ? [at] : []),
    ...Object.entries(properties ?? {}).flatMap(([key, value]) => pathsBelow(value, [...at, key])),
    ...pathsBelow(items, [...at, 0]),
  ];
}

test('every key that takes a file beside the recipe is known as one: bases name it from their folder, and no start changes it', () => {
  const schema = JSON.parse(readFileSync('recipes/recipe.schema.json', 'utf8')) as { properties: object };
  const { extends: _base, ...keys } = schema.properties as Record<string, unknown>;
  const found = pathsBelow({ properties: keys }).map((path) => ({ path: path.join('.'), isFile: namesFile(path) }));
  expect(found.filter(({ isFile }) => !isFile)).toEqual([]);
  expect(found.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'builder.userDataFile',
      'provision.0.script',
      'provision.0.files.from',
      'provision.0.ansible.playbook',
      'provision.0.component.file',
      'checks.0.script',
      'checks.0.component.file',
    ]),
  );
});
