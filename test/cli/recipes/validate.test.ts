import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecipeFolder } from '../../../cli/recipes/recipe-folder.ts';
import { validate, validateFiles } from '../../../cli/recipes/validate.ts';
import { recordingTerminal } from '../recording-terminal.ts';

const recipe = (name: string, more = '', source = '{ ami: ami-0123456789abcdef0, owner: self }') => `name: ${name}
source: ${source}
builder: { instanceTypes: [t3.small] }
distribute: [{ region: us-east-1 }]
${more}`;

const home = 'us-east-1';
let folder: string;
let cycle: string;
let at: (name: string) => string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-validate-'));
  at = (name) => join(folder, name);
  await writeFile(at('good.yaml'), recipe('good', 'publish: { channel: stable }'));
  await writeFile(at('bad.yaml'), recipe('bad', 'retire: {}\ntriggers: { schedule: now }'));
  await writeFile(at('layer.yaml'), recipe('layer', '', '{ channel: good/beta }'));
  await writeFile(at('layer2.yaml'), recipe('layer2', '', '{ channel: layer/stable }'));
  await writeFile(at('layer3.yaml'), recipe('layer3', '', '{ channel: elsewhere/stable }'));
  await writeFile(at('notes.yml'), 'x');
  cycle = await mkdtemp(join(tmpdir(), 'golden-cycle-'));
});
afterAll(() => Promise.all([folder, cycle].map((path) => rm(path, { recursive: true }))));

test('a right file is ok', async () => {
  expect(await validateFiles([at('good.yaml')])).toEqual({ ok: true, text: `${at('good.yaml')}: ok` });
});

test('a right file whose base comes without the SSM agent has a note', async () => {
  const debian = '{ parameter: /aws/service/debian/release/13/latest/amd64, owner: "136693071363" }';
  const file = join(await mkdtemp(join(tmpdir(), 'golden-note-')), 'debian.yaml');
  await writeFile(file, recipe('debian', '', debian));
  const { ok, text } = await validateFiles([file]);
  expect(ok).toBe(true);
  expect(text).toMatch(
    /debian\.yaml: ok\n.*debian\.yaml:2:\d+ source: note: images of Debian come without the SSM agent/,
  );
  const { terminal, out } = recordingTerminal();
  await validate([file], terminal, { home, json: true });
  expect(JSON.parse(out())).toMatchObject({
    status: 'valid',
    notes: [expect.stringContaining('source: images of Debian')],
  });
});

test('each file is ok or has all its problems, in the order given', async () => {
  expect(await validateFiles([at('bad.yaml'), at('good.yaml')])).toEqual({
    ok: false,
    text: [
      `${at('bad.yaml')}:5:1 retire: must name at least one of deprecateAfter, disableAfter, deregisterAfter`,
      `${at('bad.yaml')}:6:13 triggers.schedule: must be cron(0 3 ? * SUN *) or rate(7 days), got "now"`,
      `${at('good.yaml')}: ok`,
    ].join('\n'),
  });
});

test('a channel of a recipe that lies beside must be one it publishes', async () => {
  const { text } = await validateFiles(['good', 'layer', 'layer2', 'layer3'].map((name) => at(`${name}.yaml`)));
  expect(text.split('\n').slice(1)).toEqual([
    `${at('layer.yaml')}:2:11 source.channel: good has no channel beta; it publishes stable`,
    `${at('layer2.yaml')}:2:11 source.channel: layer has no channel stable; it publishes nothing`,
    `${at('layer3.yaml')}: ok`,
  ]);
});

test('recipes that start from each other are refused, each at its place and with all that are in the way', async () => {
  const parents = { one: 'two', two: 'three', three: 'one', child: 'one' };
  for (const [name, parent] of Object.entries(parents))
    await writeFile(
      join(cycle, `${name}.yaml`),
      recipe(name, 'publish: { channel: stable }', `{ channel: ${parent}/stable }`),
    );
  const { text } = await validateFiles(Object.keys(parents).map((name) => join(cycle, `${name}.yaml`)));
  const place = (name: string) => `${join(cycle, name)}.yaml:2:11 source.channel`;
  const why = 'none can be built first, and each would start the next for ever';
  const problems = [
    `${place('one')}: one starts from two starts from three starts from one: ${why}`,
    `${place('two')}: two starts from three starts from one starts from two: ${why}`,
    `${place('three')}: three starts from one starts from two starts from three: ${why}`,
  ];
  expect(text.split('\n')).toEqual([...problems, `${join(cycle, 'child.yaml')}: ok`]);
  expect((await readRecipeFolder(cycle)).problems.toSorted()).toEqual(problems.toSorted());
});

test('the verb ends with 2 and on stderr if anything is wrong', async () => {
  const written = { out: '', err: '' };
  const terminal = {
    out: (text: string) => void (written.out += text),
    err: (text: string) => void (written.err += text),
    columns: 80,
    isTTY: false,
    colour: false,
  };
  expect(await validate([at('good.yaml')], terminal, { home })).toBe(0);
  expect(written).toEqual({ out: `${at('good.yaml')}: ok\n`, err: '' });
  expect(await validate([at('bad.yaml')], terminal, { home })).toBe(2);
  expect(written.err).toContain('bad.yaml:5:1 retire');
});

test('with --json the verb prints one object, whether the files are right or not', async () => {
  const { terminal, out, err } = recordingTerminal();
  expect(await validate([at('good.yaml')], terminal, { home, json: true })).toBe(0);
  expect(JSON.parse(out())).toEqual({ status: 'valid', files: [at('good.yaml')] });
  const wrong = recordingTerminal();
  expect(await validate([at('bad.yaml'), at('good.yaml')], wrong.terminal, { home, json: true })).toBe(2);
  expect(JSON.parse(wrong.out())).toMatchObject({
    status: 'refused',
    problems: [
      { file: at('bad.yaml'), line: 6, column: 13, path: 'triggers.schedule' },
      { file: at('bad.yaml'), line: 5, column: 1, path: 'retire' },
    ],
  });
  expect([err(), wrong.err().split('\n')]).toEqual([
    '',
    expect.arrayContaining([expect.stringContaining('5:1 retire')]),
  ]);
});

test('what a parent publishes is of the architecture of its builder', async () => {
  const family = await mkdtemp(join(tmpdir(), 'golden-arms-'));
  const arm = recipe('arm', 'publish: { channel: stable }').replace('t3.small', 't4g.small');
  await writeFile(join(family, 'arm.yaml'), arm);
  await writeFile(join(family, 'child.yaml'), recipe('child', '', '{ channel: arm/stable }'));
  const { text } = await validateFiles([join(family, 'arm.yaml'), join(family, 'child.yaml')], home);
  expect(text.split('\n')[1]).toBe(
    `${join(family, 'child.yaml')}:3:28 builder.instanceTypes[0]: t3.small is x86_64, but its source arm/stable is arm64`,
  );
  await rm(family, { recursive: true });
});

test('an image that a parent makes encrypted needs keys where it is shared', async () => {
  const family = await mkdtemp(join(tmpdir(), 'golden-family-'));
  const write = (name: string, source: string, more: string) =>
    writeFile(
      join(family, `${name}.yaml`),
      `name: ${name}\nsource: ${source}\nbuilder: { instanceTypes: [t3.small] }\npublish: { channel: stable }\n${more}\n`,
    );
  await write(
    'parent',
    '{ ami: ami-0123456789abcdef0, owner: self }',
    'distribute: [{ region: us-east-1, kmsKey: alias/a }]',
  );
  const accounts = "accounts: ['111122223333']";
  await write(
    'child',
    '{ channel: parent/stable }',
    `distribute:\n- { region: us-east-1, ${accounts} }\n- { region: eu-west-1, ${accounts} }\n- { region: eu-central-1, ${accounts}, kmsKey: alias/c }`,
  );
  const child = join(family, 'child.yaml');
  const { text } = await validateFiles([join(family, 'parent.yaml'), child], home);
  expect(text.split('\n').slice(1)).toEqual([
    `${child}:7:3 distribute[1]: is shared, but its image would be encrypted with the AWS-managed key of eu-west-1, which cannot be shared: its source parent/stable is encrypted (distribute[0].kmsKey is alias/a), and the copy of an encrypted image is encrypted; give distribute[1] a customer-managed kmsKey`,
  ]);
  await rm(family, { recursive: true });
});

test('a folder is a catalog of all its recipes and says what is wrong with any', async () => {
  const { catalog, problems } = await readRecipeFolder(folder);
  expect(Object.keys(catalog.recipes)).toEqual(['bad', 'good', 'layer', 'layer2', 'layer3']);
  expect(catalog.recipes['good']).toMatchObject({ name: 'good', publish: { channel: 'stable' } });
  expect(problems).toEqual([
    `${at('notes.yml')}: is not read; a recipe file ends in .yaml`,
    expect.stringContaining('bad.yaml:5:1 retire'),
    expect.stringContaining('layer.yaml:2:11 source.channel'),
    expect.stringContaining('layer2.yaml:2:11 source.channel'),
  ]);
});
