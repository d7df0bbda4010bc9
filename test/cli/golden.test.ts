import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { golden } from '../../cli/golden.ts';
import { verbGroups } from '../../cli/verb-groups.ts';
import { recordingTerminal } from './recording-terminal.ts';

async function run(...args: string[]) {
  const { terminal, out, err } = recordingTerminal();
  return { exitCode: await golden(args, terminal), out: out(), err: err() };
}

test('help names every verb and what the exit codes mean', async () => {
  const { exitCode, out, err } = await run('--help');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/^ {2}validate .*\n(.*\n)* {2}simulate /m);
  expect(out).toContain('Exit codes: 0 ');
});

test('every verb stands below a heading of help, and in the table of the README', async () => {
  const { out } = await run('--help');
  expect(out).not.toContain('Further:');
  const grouped = Object.values(verbGroups).flat();
  const readme = readFileSync('README.md', 'utf8');
  expect(grouped.filter((verb) => !out.includes(`\n  ${verb} `))).toEqual([]);
  expect(grouped.filter((verb) => !readme.includes(`\`${verb}\``))).toEqual([]);
});

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(await run('--version')).toEqual({ exitCode: 0, out: `${version}\n`, err: '' });
});

test('every verb explains its options', async () => {
  const { exitCode, out } = await run('simulate', '--help');
  expect(exitCode).toBe(0);
  for (const option of ['json', 'speed', 'scenario', 'override', 'region', 'seed', 'build', 'out'])
    expect(out).toContain(`--${option}`);
});

test.each([
  { wrong: ['bake'], says: "unknown command 'bake'" },
  { wrong: ['simulate', '--loud'], says: "unknown option '--loud'" },
  { wrong: ['simulate', '--speed', 'quick'], says: 'real, max' },
  { wrong: ['simulate', '--speed', '-1'], says: 'real, max' },
  { wrong: ['simulate', '--seed', 'x'], says: 'whole number' },
  { wrong: ['simulate', 'one', 'two'], says: 'too many arguments' },
  { wrong: ['validate'], says: "missing required argument 'files'" },
])('golden $wrong is refused with exit code 2, before anything is done', async ({ wrong, says }) => {
  const { exitCode, out, err } = await run(...wrong);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toContain(says);
});

test('without a verb there is help, and the exit code says that nothing was done', async () => {
  const { exitCode, out, err } = await run();
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toContain('Usage: golden');
});

test('validate is reached, and its exit code is handed on', async () => {
  expect(await run('validate', 'examples/al2023-base.yaml')).toMatchObject({ exitCode: 0, err: '' });
  const { exitCode, err } = await run('validate', 'recipes/no-such-recipe.yaml');
  expect(exitCode).toBe(2);
  expect(err).toContain('recipes/no-such-recipe.yaml');
});
