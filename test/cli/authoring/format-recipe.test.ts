import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isSeq, parse, parseDocument } from 'yaml';
import { formatRecipe } from '../../../cli/authoring/format-recipe.ts';
import { keysAt } from '../../../core/recipe/explain.ts';
import { recipeSchema, type Path } from '../../../core/recipe/recipe.ts';
import { distributions } from '../../../core/starter/distributions.ts';
import { starterRecipe } from '../../../core/starter/starter-recipe.ts';
import { full } from '../../bad-input/full-recipe.ts';

test('keys come into the order of the schema, each with its comments', async () => {
  const text = `# yaml-language-server: $schema=recipe.schema.json
# about the file
description: d # the description
# the name
name: x

builder: # here
  # the disk
  rootVolume: { encrypted: true, sizeGiB: 8 } # GiB
  # types
  instanceTypes: [a,
    b] # after
  # end of the builder

# the source
source:
  owner: amazon
  # the parameter
  parameter: /x
mine: 1
provision:
  # first
  - timeout: 30m
    # why
    run: |
      # not a comment
        b

    name: x   # its name
# the end
`;
  expect(await formatRecipe(text)).toBe(`# yaml-language-server: $schema=recipe.schema.json
# about the file
# the name
name: x
description: d # the description

# the source
source:
  # the parameter
  parameter: /x
  owner: amazon

builder: # here
  # types
  instanceTypes: [a, b] # after
  # the disk
  rootVolume: { sizeGiB: 8, encrypted: true } # GiB
  # end of the builder
provision:
  # first
  - name: x # its name
    # why
    run: |
      # not a comment
        b
    timeout: 30m
mine: 1
# the end
`);
});

test.each([
  {
    what: 'an anchor stays before its alias',
    text: 'distribute: &targets\n  - region: home\nbuilder: { instanceTypes: *targets }\nname: x\n',
    becomes: 'name: x\ndistribute: &targets\n  - region: home\nbuilder: { instanceTypes: *targets }\n',
  },
  {
    what: 'anchors of one name that is used twice',
    text: 'distribute: &a x\ndescription: *a\nname: &a y\nchecks: *a\n',
    becomes: 'distribute: &a x\ndescription: *a\nname: &a y\nchecks: *a\n',
  },
  {
    what: 'a merge key stays on top',
    text: 'distribute:\n  - &one { region: home }\n  - accounts: []\n    <<: *one\n',
    becomes: 'distribute:\n  - &one { region: home }\n  - <<: *one\n    accounts: []\n',
  },
  {
    what: 'parameters of a document and tags are in the order of their author',
    text: 'provision:\n  - parameters: { b: [x], a: [y] }\n    document: D\nimage: { tags: { b: x, a: y } }\n',
    becomes: 'provision:\n  - document: D\n    parameters: { b: [x], a: [y] }\nimage: { tags: { b: x, a: y } }\n',
  },
  {
    what: 'values that would be read as something else keep their quotes',
    text: `builder: { instanceTypes: ["012", 'yes'] }\nname: "1"\n`,
    becomes: `name: '1'\nbuilder: { instanceTypes: ['012', 'yes'] }\n`,
  },
  { what: 'line feeds of Windows', text: 'description: d\r\nname: x\r\n', becomes: 'name: x\ndescription: d\n' },
  { what: 'a text without a last line feed', text: 'description: d\nname: x', becomes: 'name: x\ndescription: d\n' },
  { what: 'a list where a map should be', text: '- b: 1\n  a: 2\n', becomes: '- b: 1\n  a: 2\n' },
  { what: 'nothing but a comment', text: '# nothing\n', becomes: '# nothing\n' },
])('$what', async ({ text, becomes }) => {
  expect(await formatRecipe(text)).toBe(becomes);
  expect(parse(becomes, { merge: true })).toEqual(parse(text, { merge: true }));
});

const ours = ['recipes', 'examples', 'examples/distribution', 'examples/cookbook'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, name)),
);
test.each(ours)('%s is formatted', async (file) => {
  const text = readFileSync(file, 'utf8');
  expect(await formatRecipe(text)).toBe(text);
});

test.each(Object.entries(distributions))('what golden init writes for %s is formatted', async (_id, distribution) => {
  const text = starterRecipe({
    name: 'first',
    distribution,
    architecture: 'x86_64',
    regions: ['home', 'eu-west-1'],
    accounts: ['111122223333'],
    organizations: ['arn:aws:organizations::111122223333:organization/o-exampleorgid'],
    kmsKey: 'alias/golden',
    channel: 'stable',
    schema: 'recipe.schema.json',
  });
  expect(await formatRecipe(text)).toBe(text);
});

/** Writes a document as YAML: keys in any order, comments anywhere, maps as blocks or in braces. */
function written(value: unknown, draw: (below: number) => number, indent = ''): string {
  const comment = () => (draw(4) === 0 ? `${indent}# comment ${draw(1e6)}\n` : '');
  const after = () => (draw(4) === 0 ? ` # after ${draw(1e6)}` : '');
  const space = () => (draw(6) === 0 ? '\n' : '');
  if (Array.isArray(value) && value.length > 0)
    return `\n${value.map((entry) => `${space()}${comment()}${indent}- ${written(entry, draw, `${indent}  `).trimStart()}`).join('')}`;
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    const entries = Object.entries(value)
      .map((entry) => ({ entry, at: draw(1e6) }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ entry }) => entry);
    if (indent.length > 2 && draw(3) === 0)
      return ` { ${entries.map(([key, inner]) => `${key}: ${JSON.stringify(inner)}`).join(', ')} }${after()}\n`;
    return `\n${entries.map(([key, inner], index) => `${index > 0 ? space() + comment() : ''}${indent}${key}:${written(inner, draw, `${indent}  `)}`).join('')}`;
  }
  if (typeof value === 'string' && /^[a-z ]+$/.test(value) && draw(2) === 0)
    return ` |\n${indent}${value}\n${indent}# text\n`;
  return ` ${JSON.stringify(value)}${after()}\n`;
}

const rank = (path: Path, key: string) => keysAt(recipeSchema, path).indexOf(key);
/** The maps below a node whose keys are not in the schema's order. */
function disordered(node: unknown, path: Path): string[][] {
  if (isSeq(node)) return node.items.flatMap((item, index) => disordered(item, [...path, index]));
  if (!isMap(node)) return [];
  const keys = node.items.map(({ key }) => String(key));
  const known = keysAt(recipeSchema, path).length > 0;
  const sorted = known ? keys.toSorted((a, b) => rank(path, a) - rank(path, b)) : keys;
  return [
    ...(sorted.join() === keys.join() ? [] : [keys]),
    ...node.items.flatMap(({ key, value }) => disordered(value, [...path, String(key)])),
  ];
}

const commentsIn = (text: string) =>
  [...text.matchAll(/# (comment|after) \d+/g)].map(([comment]) => comment).toSorted();

test('any recipe says the same after it was formatted, keeps its comments, is in order, and changes no more', async () => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat(1e6)), async (numbers) => {
      const text = written(full, (below) => (numbers.next().value as number) % below).trimStart();
      const formatted = (await formatRecipe(text)) ?? '';
      expect(parse(formatted)).toEqual(parse(text));
      expect(commentsIn(formatted)).toEqual(commentsIn(text));
      expect(disordered(parseDocument(formatted).contents, [])).toEqual([]);
      expect(await formatRecipe(formatted)).toBe(formatted);
    }),
    { numRuns: 3 }, // each of a recipe with all keys, with hundreds of decisions
  );
});
