import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readRecipeFile, recipesOfFile } from '../../../cli/recipes/recipe-file.ts';
import { validateFiles } from '../../../cli/recipes/validate.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'golden-files-'));
});
afterAll(() => rm(root, { recursive: true }));

const right = `name: base
source: { ami: ami-0123456789abcdef0, owner: self }
builder: { instanceTypes: [t3.small] }
distribute:
  - region: us-east-1
`;

/** A folder with these files, and the path of its base.yaml. */
async function folderWith(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = join(await mkdtemp(join(root, 'case-')), 'recipes');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return join(folder, 'base.yaml');
}

/** What is said of a file, without the folder's name. */
async function saidOf(file: string): Promise<string[]> {
  const { text } = await validateFiles([file]);
  return text.replaceAll(`${dirname(file)}/`, '').split('\n');
}

test('a file gives its document, its recipe and the places in it', async () => {
  const file = await folderWith({ 'base.yaml': right });
  const read = await readRecipeFile(file);
  expect(read.document).toMatchObject({ name: 'base', distribute: [{ region: 'us-east-1' }] });
  expect(recipesOfFile(read)).toMatchObject({ read: [{ recipe: { name: 'base', description: '' } }] });
  expect(read.locate(['name'])).toEqual({ file, line: 1, column: 1 });
  expect(read.locate(['builder', 'instanceTypes', 0])).toEqual({ file, line: 3, column: 28 });
  expect(read.locate(['distribute', 0])).toEqual({ file, line: 5, column: 5 });
  expect(read.locate(['distribute', 0, 'region'])).toEqual({ file, line: 5, column: 5 });
});

test('a key that is not there is at its parent, an entry that is not there at its list', async () => {
  const { locate } = await readRecipeFile(await folderWith({ 'base.yaml': right }));
  expect(locate(['source', 'filter', 'name'])).toMatchObject({ line: 2, column: 1 });
  expect(locate(['distribute', 7, 'region'])).toMatchObject({ line: 4, column: 1 });
  expect(locate([])).toMatchObject({ line: 1, column: 1 });
});

test('what an alias stands for is where it is written', async () => {
  const yaml = right
    .replace('[t3.small]', '&types [t3.small, x]')
    .replace('region: us-east-1', 'region: us-east-1\n    accounts: *types');
  expect(await saidOf(await folderWith({ 'base.yaml': yaml }))).toEqual(
    [
      'base.yaml:3:45 builder.instanceTypes[1]: must be an instance type such as t3.small, got "x"',
      'base.yaml:3:45 distribute[0].accounts[1]: must be an account id of 12 digits, got "x"',
      'base.yaml:3:35 distribute[0].accounts[0]: must be an account id of 12 digits, got "t3.small"',
    ].toSorted((a, b) => a.localeCompare(b)),
  );
});

test('a merge key brings keys of another map, and what is wrong with one is where it is written', async () => {
  const target = '  - &defaults { region: us-east-1, required: maybe }\n';
  const yaml = right.replace(/ {2}- region: us-east-1\n/, `${target}  - { <<: *defaults, region: eu-west-1 }\n`);
  expect(await saidOf(await folderWith({ 'base.yaml': yaml }))).toEqual([
    'base.yaml:5:36 distribute[0].required: must be true or false, got "maybe"',
    'base.yaml:5:36 distribute[1].required: must be true or false, got "maybe"',
  ]);
});

test.each<[string, string, string[]]>([
  [
    'broken YAML',
    `${right}publish: { channel: stable\n`,
    [
      'base.yaml:7:1: is not YAML a recipe can be: Flow map in block collection must be sufficiently indented and end with a }',
    ],
  ],
  [
    'a tab for indentation',
    'name: base\nsource:\n\tami: x\n',
    ['base.yaml:3:1: is not YAML a recipe can be: Tabs are not allowed as indentation'],
  ],
  [
    'an expression between braces without quotes',
    right.replace('[t3.small]', '[t3.small, ${{ parameters.type }}]'),
    ["base.yaml:3:38: an expression between { } or [ ] must be in quotes: '${{ parameters.type }}'"],
  ],
  [
    'a text with two such expressions',
    `${right}checks:\n  - { name: it's there, run: test -e /a-\${{ build }}-\${{ date }} }\n`,
    ["base.yaml:7:30: an expression between { } or [ ] must be in quotes: 'test -e /a-${{ build }}-${{ date }}'"],
  ],
  [
    'a brace too many',
    right.replace('] }', '] } }'),
    ['base.yaml:3:40: is not YAML a recipe can be: Unexpected flow-map-end token in YAML stream: "}"'],
  ],
  ['an alias of nothing', 'name: *nobody\n', ['base.yaml:1:7: *nobody stands for nothing before it']],
  [
    'a tag of another tool',
    `${right}publish: !Ref Channel\n`,
    ['base.yaml:6:10: is not YAML a recipe can be: Unresolved tag: !Ref'],
  ],
  [
    'two documents',
    `${right}---\nname: other\n`,
    ['base.yaml:6:1: is not YAML a recipe can be: it has multiple documents'],
  ],
  ['an empty file', '', ['base.yaml:1:1: must be a map, got nothing']],
  ['a list', '# recipes\n- name: base\n', ['base.yaml:2:1: must be a map, got a list']],
])('%s is one problem at its place', async (_what, yaml, said) => {
  expect(await saidOf(await folderWith({ 'base.yaml': yaml }))).toEqual(said);
});

test('expressions in block texts, in quotes and in comments need no others', async () => {
  const yaml = `${right}# { a: \${{ build }} }
env: { A: '\${{ build }}' }
provision:
  - name: x
    run: echo \${{ build }} {a,b}
`;
  expect(await saidOf(await folderWith({ 'base.yaml': yaml }))).toEqual(['base.yaml: ok']);
});

test('a key given twice is reported with the other problems', async () => {
  const yaml = right.replace('source:', 'name: base\nsource:').replace('us-east-1', 'us-east-9');
  expect(await saidOf(await folderWith({ 'base.yaml': yaml }))).toEqual([
    'base.yaml:2:1: this key is here twice',
    'base.yaml:6:5 distribute[0].region: us-east-9 is not a region this version knows; did you mean us-east-1?',
  ]);
});

test('a few lines that stand for gigabytes are refused', async () => {
  const levels = Array.from(
    { length: 30 },
    (_, level) => `l${level}: &l${level} [${level ? `*l${level - 1}, *l${level - 1}` : 'lol, lol'}]`,
  );
  const [line, ...others] = await saidOf(await folderWith({ 'base.yaml': levels.join('\n') }));
  expect(line).toBe('base.yaml:1:1: cannot be read: Excessive alias count indicates a resource exhaustion attack');
  expect(others).toEqual([]);
});

test('a file that is not there, or not text, is said to be so', async () => {
  const file = await folderWith({ 'base.yaml': Uint8Array.of(0x6e, 0xff, 0xfe) });
  expect(await saidOf(file)).toEqual(['base.yaml: cannot be read: it is not UTF-8 text']);
  expect(await saidOf(join(dirname(file), 'gone.yaml'))).toEqual(['gone.yaml: cannot be read: there is no such file']);
  expect(await saidOf(dirname(file))).toEqual(['recipes: cannot be read: it is a folder']);
});

test('the recipe is called like its file', async () => {
  const file = await folderWith({ 'base.yaml': right.replace('name: base', 'name: basis') });
  expect(await saidOf(file)).toEqual([
    'base.yaml:1:1 name: is basis, but the file is base.yaml: a recipe is found by its file, so both must be the same',
  ]);
});

const withScripts = (...paths: string[]) =>
  `${right}provision:\n${paths.map((path) => `  - script: ${path}\n`).join('')}`;

test('scripts come with their neighbours, by their path below the folder', async () => {
  const file = await folderWith({
    'base.yaml': withScripts('scripts/a.sh'),
    'scripts/a.sh': 'echo a\n',
    'scripts/b.sh': 'echo b\n',
    'scripts/notes.txt': 'x',
    'other/c.sh': 'x',
  });
  const read = await readRecipeFile(file);
  expect(read.scripts).toEqual({ 'scripts/a.sh': 'echo a\n', 'scripts/b.sh': 'echo b\n' });
  expect(recipesOfFile(read)).toHaveProperty('read');
});

test('a script that leads out of the folder by a link is refused, and not read', async () => {
  const file = await folderWith({
    'base.yaml': withScripts('scripts/a.sh'),
    'scripts/b.sh': 'x',
    '../secret.sh': 'hidden',
  });
  await symlink('../../secret.sh', join(dirname(file), 'scripts/a.sh'));
  const read = await readRecipeFile(file);
  expect(Object.keys(read.scripts)).toEqual(['scripts/b.sh']);
  expect(await saidOf(file)).toEqual([
    expect.stringMatching(
      /^base\.yaml:7:5 provision\[0\]\.script: scripts\/a\.sh leads out of the recipe's folder, to .*secret\.sh$/,
    ),
  ]);
});

test('a link within the folder is as good as a file', async () => {
  const file = await folderWith({ 'base.yaml': withScripts('scripts/a.sh'), 'scripts/b.sh': 'echo b\n' });
  await symlink('b.sh', join(dirname(file), 'scripts/a.sh'));
  expect(await saidOf(file)).toEqual(['base.yaml: ok']);
});

test('../ does not lead out of the folder either', async () => {
  const file = await folderWith({
    'base.yaml': withScripts('../secret.sh', 'scripts/../../secret.sh'),
    '../secret.sh': 'hidden',
  });
  expect((await readRecipeFile(file)).scripts).toEqual({});
  expect(await saidOf(file)).toEqual([
    expect.stringContaining('base.yaml:7:5 provision[0].script: must be a path below'),
    expect.stringContaining('base.yaml:8:5 provision[1].script: must be a path below'),
  ]);
});
