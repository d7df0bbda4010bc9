import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { golden } from '../../../cli/golden.ts';
import { recordingTerminal } from '../recording-terminal.ts';

const [right, wrong] = ['name: x\ndescription: d\n', 'description: d\nname: x\n'];
let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'golden-fmt-'))));
afterAll(async () => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  const { terminal, out, err } = recordingTerminal();
  return { exitCode: await golden(['fmt', ...args], terminal), out: out(), err: err() };
}

test('--check names the files that would change and leaves them; without it they are written', async () => {
  await writeFile(at('right.yaml'), right);
  await writeFile(at('wrong.yaml'), wrong);
  const both = [at('right.yaml'), at('wrong.yaml')];
  const checked = await run('--check', ...both);
  expect(checked).toEqual({
    exitCode: 1,
    out: `${at('wrong.yaml')}: is not formatted; golden fmt would change it\n`,
    err: '',
  });
  expect(await readFile(at('wrong.yaml'), 'utf8')).toBe(wrong);
  expect(await run(...both, '--json')).toMatchObject({
    exitCode: 0,
    out: `${JSON.stringify({ status: 'formatted', changed: [at('wrong.yaml')] })}\n`,
  });
  expect(await readFile(at('wrong.yaml'), 'utf8')).toBe(right);
  expect(await run('--check', ...both)).toEqual({ exitCode: 0, out: '', err: '' });
});

test('a file that is no recipe is refused in one line', async () => {
  const { exitCode, err } = await run('README.md');
  expect({ exitCode, err }).toEqual({
    exitCode: 2,
    err: 'README.md: is no recipe: the name of a recipe file ends in .yaml\n',
  });
});

test('if one file cannot be read, all such files are named and nothing is written', async () => {
  await writeFile(at('later.yaml'), wrong);
  await writeFile(at('broken.yaml'), 'name: [x\n');
  await writeFile(at('twice.yaml'), 'name: x\nname: y\n');
  const { exitCode, err } = await run(...['later', 'broken', 'twice', 'none'].map((name) => at(`${name}.yaml`)));
  expect(exitCode).toBe(2);
  expect(err).toContain(`${at('broken.yaml')}:2:1: is not YAML a recipe can be`);
  expect(err).toContain(`${at('twice.yaml')}:2:1: this key is here twice`);
  expect(err).toContain(`${at('none.yaml')}: cannot be read: there is no such file`);
  expect(await readFile(at('later.yaml'), 'utf8')).toBe(wrong);
});
