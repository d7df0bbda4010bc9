import { expect, test } from '@jest/globals';
import { golden } from '../../cli/golden.ts';
import { recordingTerminal } from './recording-terminal.ts';

async function run(...args: string[]) {
  const { terminal, out, err } = recordingTerminal();
  return { exitCode: await golden(args, terminal), out: out(), err: err() };
}

test('help names every verb and what the exit codes mean', async () => {
  const { exitCode, out, err } = await run('--help');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/^ {2}simulate .*\n(.*\n)* {2}validate /m);
  expect(out).toContain('Exit codes: 0 ');
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
