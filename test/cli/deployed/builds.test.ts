import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Listed } from '../../../cli/deployed/list.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { pipeline, targets } from '../../support/pipeline.ts';

// One account with a history: a published build, a scheduled one that found it up to date, one that failed, one that was refused.
let simulation: Simulation;
let listed: Listed[];
let forgotten = false;
const golden = (...args: string[]) => operator(simulation).run(...args);
const long = Array.from({ length: 3000 }, (_, index) => `line ${index + 1}`).join('\n');
const override = (provision: string) => ['--override', `provision=[${provision}]`, '--override', 'publish='];

beforeAll(async () => {
  simulation = pipeline({
    changes: { distribute: [targets.home] },
    interfere: {
      call: ({ action, by }) =>
        forgotten && by === undefined && action === 'DescribeExecution'
          ? { error: 'ExecutionDoesNotExist', effect: false }
          : undefined,
    },
    scenario: {
      delays: brisk,
      commands: [
        { step: 'breaks', exitCode: 3, stdout: '\x1b[2Jloading\n', stderr: 'no such package\n' },
        { step: 'patch', stdout: `${long}\n` },
      ],
    },
  });
  await golden('build', 'base');
  const trigger = { by: 'schedule', reason: 'every Sunday' };
  await simulation.finish(simulation.start({ recipe: 'base', trigger }, 'scheduled-1'));
  await golden('build', 'base', ...override('{ name: breaks, run: "false" }'));
  await golden('build', 'nonesuch');
  listed = JSON.parse((await golden('list', '--json')).out) as Listed[];
});

afterEach(() => void (forgotten = false));

const buildOf = (status: Listed['status']) => listed.find((one) => one.status === status)?.build ?? '';

test('builds are listed the newest first, with what became of them', async () => {
  expect(listed.map(({ recipe: name, status }) => [name, status])).toEqual([
    ['nonesuch', 'refused'],
    ['base', 'failed'],
    ['base', 'up-to-date'],
    ['base', 'published'],
  ]);
  const published = listed.at(-1);
  expect(published).toMatchObject({ by: 'hand', channel: 'stable', error: null, seconds: expect.any(Number) });
  expect(published?.images).toEqual({ 'us-east-1': expect.stringMatching(/^ami-/) });
  expect(published?.startedAt.slice(0, 19).replaceAll(/[-:]/g, '')).toBe(
    published?.build.slice(0, 15).replace('-', 'T'),
  );
  expect(listed[2]).toMatchObject({ by: 'schedule', reason: 'every Sunday' });
  expect(listed[1]).toMatchObject({ error: 'ProvisionFailed in AwaitCommand', images: {}, channel: null });
  const { out } = await golden('list', 'base');
  expect(out).toMatch(
    /^ {2}Recipe {2}Build \(UTC\) +Status .*\n {2}base +\S+ +failed +\d.*s {2}hand +ProvisionFailed in AwaitCommand\n {2}base +\S+ +up-to-date .* schedule .*\n {2}base +\S+ +published .* stable +ami-\w+\n$/,
  );
});

test('a listing can be of one recipe, or of the newest builds', async () => {
  const of = async (...args: string[]) =>
    (JSON.parse((await golden('list', '--json', ...args)).out) as Listed[]).map(({ build }) => build);
  expect(await of('base')).toEqual(listed.slice(1).map(({ build }) => build));
  expect(await of('--limit', '3')).toEqual(listed.slice(0, 3).map(({ build }) => build));
  expect(await golden('list', 'unknown')).toMatchObject({
    exitCode: 0,
    out: '  No build of unknown in us-east-1 yet.\n',
  });
  expect(await golden('list', '--limit', 'many')).toMatchObject({ exitCode: 2 });
});

test('a listing says that nothing starts by itself where that is so', async () => {
  expect((await golden('list')).err).toBe('');
  const off = createSimulation({
    catalog: { recipes: {}, scripts: {}, version: '' },
    settings: { automaticBuilds: false },
  });
  const { exitCode, err } = await operator(off).run('list');
  expect({ exitCode, err }).toEqual({
    exitCode: 0,
    err: '  Automatic builds are off: nothing starts by itself until you deploy with --param="automaticBuilds=on".\n',
  });
});

test('the logs of a failed build have its time by state, its failure and what its steps printed', async () => {
  const { exitCode, out } = await golden('logs', buildOf('failed'));
  expect(exitCode).toBe(0);
  expect(out).toMatch(/✓ AwaitBuilder .* \d+s\n/);
  expect(out).toMatch(/✗ Provision 1\/2 +breaks .*\n +ProvisionFailed: [^✓]* exit\s+code 3\n/);
  expect(out).toMatch(/Undone +terminated instance /);
  expect(out).toMatch(
    /--- provision breaks stdout on i-\w+\nloading\n\n--- provision breaks stderr on i-\w+\nno such package\n/,
  );
  expect(out).not.toContain('\x1b');
});

test('the output of one step is whole, or its end', async () => {
  const whole = await golden('logs', buildOf('published'), '--step', 'patch');
  expect(whole.out).toContain('\nline 1\n');
  expect(whole.out.split('\n').filter((line) => line.startsWith('line '))).toHaveLength(3000);
  const { out } = await golden('logs', buildOf('published'), '--step', 'patch', '--tail', '2');
  expect(out).toMatch(/^--- provision patch stdout on i-\w+\nline 2999\nline 3000\n\n$/);
  const { exitCode, err } = await golden('logs', buildOf('published'), '--step', 'boot');
  expect({ exitCode, err }).toMatchObject({
    exitCode: 2,
    err: expect.stringMatching(/patch, restart, sanitize, boots\n$/),
  });
});

test('logs as JSON name every command, its step and its instance', async () => {
  const { out } = await golden('logs', buildOf('published'), '--json', '--tail', '1');
  const { outputs, timings, status } = JSON.parse(out) as {
    outputs: { name: string; phase: string; stdout: string }[];
    timings: { state: string }[];
    status: string;
  };
  expect(status).toBe('published');
  expect(outputs.map(({ name, phase }) => `${phase} ${name}`)).toEqual([
    'provision patch',
    'provision restart',
    'provision sanitize',
    'check boots',
  ]);
  expect(timings.map(({ state }) => state)).toContain('Verify');
});

test('a build is known by its id, by its image, by its execution, and the last one by its recipe', async () => {
  const { build, execution, recipe: name } = listed[1] as Listed;
  for (const wanted of [build, `${name}-${build}`, `${name}/${build}`, execution ?? '', 'base']) {
    expect(await golden('logs', wanted)).toMatchObject({ exitCode: 0, out: expect.stringContaining(`base-${build}`) });
  }
  expect(await golden('logs', buildOf('refused'))).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('RecipeInvalid'),
  });
  for (const wanted of ['20200101-000000-0000', `other/${build}`, 'unknown', 'No Name', `${execution}x`]) {
    const { exitCode, out, err } = await golden('logs', wanted);
    expect({ wanted, exitCode, out }).toEqual({ wanted, exitCode: 2, out: '' });
    expect(err).toContain(wanted);
  }
});

test('what Step Functions has forgotten is listed and told from the bucket', async () => {
  forgotten = true;
  const rows = JSON.parse((await golden('list', 'base', '--json')).out) as Listed[];
  const { out } = await golden('logs', buildOf('published'), '--tail', '1');
  const followed = await golden('follow', buildOf('published'));
  const { build, startedAt } = listed.at(-1) as Listed;
  expect(rows.at(-1)).toMatchObject({ build, status: 'published', by: null, seconds: null, execution: null });
  expect(rows.at(-1)?.startedAt.slice(0, 19)).toBe(startedAt.slice(0, 19));
  expect(out).toMatch(/Started \(UTC\) +State +Took\n +03:00:0\d +Resolve +\d+s\n/);
  expect(out).toMatch(/ stdout on i-\w+\nline 3000\n/);
  expect(followed).toMatchObject({ exitCode: 2, err: expect.stringContaining(`golden logs ${build}`) });
});
