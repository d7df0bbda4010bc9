import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parse } from 'yaml';
import { askOn } from '../../../cli/authoring/init-questions.ts';
import { initRecipe } from '../../../cli/authoring/init.ts';
import { golden } from '../../../cli/golden.ts';
import { validateFiles } from '../../../cli/recipes/validate.ts';
import { recordingTerminal } from '../recording-terminal.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'golden-init-'))));
afterAll(async () => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  const { terminal, out, err } = recordingTerminal();
  const exitCode = await golden(['init', ...args, '--folder', folder], terminal);
  return { exitCode, out: out(), err: err() };
}

test('flags make a recipe that validates, with its schema for editors and what to do next', async () => {
  const flags = '--distribution ubuntu-24.04 --architecture arm64 --regions home,eu-west-1 --accounts 111122223333';
  const { exitCode, out, err } = await run('flagged', ...flags.split(' '), '--channel', 'test');
  const file = join(folder, 'flagged.yaml');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toContain(`golden plan ${file}`);
  expect(await validateFiles([file])).toEqual({ ok: true, text: `${file}: ok` });
  expect(await readFile(file, 'utf8')).toMatch(/^# yaml-language-server: \$schema=.*recipes\/recipe\.schema\.json\n/);
});

test('without a terminal, everything missing is named at once', async () => {
  const { exitCode, out, err } = await run();
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toContain('name: is required');
  expect(err).toContain('--distribution: is required: one of al2023, ubuntu-24.04');
});

test.each([
  { flags: '--distribution al2024', says: ['must be one of al2023', 'did you mean al2023?'] },
  { flags: '--distribution windows-2025 --architecture arm64', says: ['Windows only for x86_64'] },
  { flags: '--distribution al2023 --owner self', says: ['--owner self: is for a --base'] },
  { flags: '--distribution al2023 --base team-base', says: ['--base team-base: is no AMI, parameter or channel'] },
  {
    flags: '--distribution al2023 --regions home,mars-1 --accounts 12 --channel No',
    says: [
      'distribute[1].region: mars-1',
      'distribute[0].accounts[0]: must be an account id',
      'publish.channel: must be',
    ],
  },
])('$flags is refused with everything that is wrong, and nothing is written', async ({ flags, says }) => {
  const before = await readdir(folder);
  const { exitCode, out, err } = await run('refused', ...flags.split(' '));
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  for (const text of says) expect(err).toContain(text);
  expect(await readdir(folder)).toEqual(before);
});

test('a recipe that is there is overwritten only with --force', async () => {
  const file = join(folder, 'mine.yaml');
  await writeFile(file, 'mine');
  const refused = await run('mine', '--distribution', 'al2023', '--json');
  expect(refused.exitCode).toBe(2);
  expect(JSON.parse(refused.out)).toMatchObject({ status: 'refused', problems: [{ path: file }] });
  expect(await readFile(file, 'utf8')).toBe('mine');
  const forced = await run('mine', '--distribution', 'al2023', '--force', '--json');
  expect(forced).toEqual({ exitCode: 0, out: `${JSON.stringify({ status: 'written', file })}\n`, err: '' });
  expect(parse(await readFile(file, 'utf8'))).toMatchObject({ name: 'mine' });
});

/** Types each text as soon as its question is on the screen. */
async function answers(typed: [question: string, keys: string][], name?: string) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let screen = '';
  output.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    const next = typed[0];
    if (!next || !screen.includes(next[0])) return;
    typed.shift();
    screen = '';
    setImmediate(() => input.write(next[1]));
  });
  const { terminal } = recordingTerminal();
  return initRecipe(name, { folder }, terminal, askOn({ input, output }));
}

test('a person is asked, and told at once what is wrong with an answer', async () => {
  const down = '\x1b[B';
  const exitCode = await answers([
    ['Name of the recipe', 'Asked\r'],
    ['must be lower-case', '\x7f\x7f\x7f\x7f\x7fasked\r'],
    ['Distribution', `${down}\r`],
    ['Architecture', '\r'],
    ['Further regions', 'eu-west-1 us-west-2\r'],
    ['Accounts', '444455556666\r'],
    ['Organization', '\r'],
    ['KMS key', 'alias/golden\r'],
    ['Channel', '\r'],
  ]);
  expect(exitCode).toBe(0);
  const document: unknown = parse(await readFile(join(folder, 'asked.yaml'), 'utf8'));
  expect(document).toMatchObject({
    source: { parameter: expect.stringContaining('/24.04/') },
    distribute: [{ region: 'home' }, { region: 'eu-west-1' }, { region: 'us-west-2', accounts: ['444455556666'] }],
    publish: { channel: 'stable' },
  });
});

test('Ctrl-C at a question writes nothing', async () => {
  expect(await answers([['Distribution', '\x03']], 'left')).toBe(130);
  expect(await readdir(folder)).not.toContain('left.yaml');
});
