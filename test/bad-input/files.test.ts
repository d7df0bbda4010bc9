import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { golden } from '../../cli/golden.ts';
import { processSurroundings } from '../../cli/surroundings.ts';
import { formatPath, type Path } from '../../core/recipe/recipe.ts';
import { rightFiles, wrongFiles } from './files.ts';
import { agentComponent, full, scripts } from './full-recipe.ts';
import { added, kindOf, maps, placesIn, randomFrom, replaced, valueAt, values } from './mutations.ts';
import { expectReadable } from './saying.ts';

const random = randomFrom(4);

let root: string;
/** In a folder with every kind of wrong script. */
let file: string;
/** In a folder with nothing but the recipe's scripts. */
let plainFile: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'golden-bad-'));
  const folder = join(root, 'recipes');
  file = join(folder, 'base.yaml');
  const at = (name: string) => join(folder, 'scripts', name);
  await mkdir(at('folder.sh'), { recursive: true });
  plainFile = join(root, 'plain', 'base.yaml');
  await mkdir(join(root, 'plain', 'scripts'), { recursive: true });
  for (const each of [folder, join(root, 'plain')]) {
    await writeFile(join(each, 'scripts/harden.sh'), scripts['scripts/harden.sh'] ?? '');
    await mkdir(join(each, 'files/app'), { recursive: true });
    await writeFile(join(each, 'files/app/app.conf'), 'port = 80\n');
    await mkdir(join(each, 'components'));
    await writeFile(join(each, 'components/agent.yml'), stringify(agentComponent));
    await mkdir(join(each, 'ansible'));
    for (const name of ['site', 'requirements']) await writeFile(join(each, `ansible/${name}.yml`), '[]\n');
  }
  await writeFile(join(root, 'secret.sh'), 'AKIA, and nobody may see it\n');
  await symlink('../../secret.sh', at('outside.sh'));
  await symlink('/dev/zero', at('zero.sh'));
  await symlink('round.sh', at('round.sh'));
  await writeFile(at('binary.sh'), Uint8Array.of(0x7f, 0x45, 0xff));
  await writeFile(at('nul.sh'), 'echo a\0b\n');
  spawnSync('mkfifo', [at('pipe.sh')]);
});
afterAll(() => rm(root, { recursive: true }));

/** What `golden validate` ends with and says of a file. */
async function validated(text: string | Uint8Array, at = file) {
  await writeFile(at, text);
  const written = { out: '', err: '' };
  const terminal = {
    out: (said: string) => void (written.out += said),
    err: (said: string) => void (written.err += said),
    columns: 80,
    isTTY: false,
    colour: false,
  };
  const exitCode = await golden(['validate', at], terminal, {
    ...processSurroundings(),
    region: async () => 'us-east-1',
  });
  return { exitCode, ...written };
}

async function expectRefused(text: string | Uint8Array, message: string | RegExp = '', at = file) {
  const { exitCode, out, err } = await validated(text, at);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err.trimEnd()).not.toBe('');
  const lines = err.trimEnd().split('\n');
  expect(lines.filter((line) => !line.startsWith(`${at}:`) && !/^and \d+ more problems$/.test(line))).toEqual([]);
  expectReadable(err.replaceAll(root, '').trimEnd());
  expect(err).toMatch(message);
  expect(err).not.toContain('nobody may see it');
  return err;
}

test.each(wrongFiles)('%s is refused with a place', async (_sentence, text, message = '') => {
  expect.hasAssertions();
  await expectRefused(
    text,
    typeof message === 'string' ? new RegExp(message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : message,
  );
});

test.each(rightFiles)('%s is fine', async (_sentence, text) => {
  expect(await validated(text)).toEqual({ exitCode: 0, out: `${file}: ok\n`, err: '' });
});

/** One place for each section, depth and kind. documents.test.ts tries all: a file only adds the line, which is found in one way. */
const somePlaces = [
  ...new Map(
    placesIn(full).map((path) => [[path[0], path.length, kindOf(valueAt(full, path))].join(' '), path]),
  ).values(),
];

test.each(somePlaces.map((path): [string, Path] => [formatPath(path), path]))(
  'in a file too %s of a wrong kind is refused, with line and column',
  async (_name, path) => {
    const kind = kindOf(valueAt(full, path));
    const others = values.filter(([, one]) => kindOf(one) !== kind && !(typeof one === 'string' && one.length > 1000));
    const [, value] = others[Math.floor(random() * others.length)]!;
    await expectRefused(stringify(replaced(path, value)), /base\.yaml:\d+:\d+/, plainFile);
    expect.hasAssertions();
  },
);

test.each(maps.map((path): [string, Path] => [formatPath(path) || 'the recipe', path]))(
  'in a file too no unknown key of %s is passed over',
  async (_name, path) => {
    expect.hasAssertions();
    const keys = ['nonsense', '__proto__', 'constructor', '<<', 'a\nb'];
    const document = keys.reduce<unknown>((one, key) => added(path, key, 1, one), undefined);
    const said = await expectRefused(JSON.stringify(document, null, 1), 'is not a key here', plainFile);
    expect(said.match(/is not a key here/g)).toHaveLength(keys.length);
  },
);
