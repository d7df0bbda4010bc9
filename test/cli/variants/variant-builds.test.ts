import { beforeEach, expect, test } from '@jest/globals';
import { buildName } from '../../../core/build/identity.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { leftIn, nothing } from '../../support/pipeline.ts';
import { arm, channelsIn, intel, lastOf, nowhere, varied, variedPipeline } from '../../support/variants.ts';

let simulation: Simulation;
beforeEach(() => void (simulation = variedPipeline({ scenario: { delays: brisk } })));
const golden = (...args: string[]) => operator(simulation).run(...args);

test('a build of a recipe with variants is followed with what each variant does, and ends with the images of all', async () => {
  const { exitCode, out, err } = await golden('build', 'base');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/✓ x86_64 AwaitImage /);
  expect(out).toMatch(/✓ arm64 AwaitOthers /);
  for (const name of [intel, arm])
    expect(out).toMatch(new RegExp(`^ {2}us-east-1 +ami-\\w+ .*/golden/${name}/stable +published$`, 'm'));
  expect(out).toMatch(/✓ base-\d{8}-\d{6}-[0-9a-f]{4} is published\n/);
  const listed = await golden('list', '--json');
  expect(
    (JSON.parse(listed.out) as { recipe: string; status: string }[]).map(({ recipe, status }) => `${recipe} ${status}`),
  ).toEqual(expect.arrayContaining(['base published', `${arm} published`, `${intel} published`]));
  const again = await golden('build', 'base', '--json');
  expect(JSON.parse(again.out)).toMatchObject({
    recipe: 'base',
    status: 'up-to-date',
    variants: [{ recipe: intel }, { recipe: arm }],
  });
});

test.each(['its name', 'the id of its build'])(
  'a recipe with variants is cancelled with all of them by %s',
  async (by) => {
    const arn = simulation.start({ recipe: 'base' });
    await simulation.pass(60);
    const startedAt = simulation.executions()[0]?.startDate.toISOString() ?? '';
    const { exitCode, out } = await golden('cancel', by === 'its name' ? 'base' : buildName({ id: arn, startedAt }));
    expect(exitCode).toBe(0);
    for (const name of ['base', intel, arm])
      expect(out).toMatch(new RegExp(`^ {2}${name}-\\d{8}-.* is stopped\\.$`, 'm'));
    await simulation.pass(3600);
    expect([lastOf(simulation, intel)?.status, lastOf(simulation, arm)?.status]).toEqual(['ABORTED', 'ABORTED']);
    expect([channelsIn(simulation), leftIn(simulation)]).toEqual([nowhere, nothing]);
  },
);

test('each variant is planned by its own name, and the name of the whole says so', async () => {
  expect((await golden('plan', arm)).exitCode).toBe(0);
  const { exitCode, err, out } = await golden('plan', 'base');
  expect(exitCode).toBe(2);
  expect(err + out).toContain('base has variants, each of which is a recipe here: name base-x86_64 or base-arm64');
});

test('a word that names all variants of a recipe, or of a build, is taken for all of them', async () => {
  const builds: string[] = [];
  for (const source of ['x86_64', 'arm64'].map((name) => varied.source.parameter.replace('x86_64', name))) {
    simulation.sourceUpdated(source);
    await golden('build', 'base');
    builds.push((JSON.parse((await golden('list', 'base', '--json')).out) as { build: string }[])[0]?.build ?? '');
    await simulation.pass(3600);
  }
  // The second build made only the image for arm64.
  const [first = '', second = ''] = builds;
  const status = JSON.parse((await golden('status', 'base', '--json')).out) as {
    channels: { recipe: string; build: string }[];
  };
  expect(new Set(status.channels.map(({ recipe, build }) => `${recipe} ${build}`))).toEqual(
    new Set([`${intel} ${first}`, `${arm} ${second}`]),
  );
  const { out: promoted } = await operator(simulation).onTerminal('promote', 'base', '--to', 'prod');
  expect(promoted).toMatch(new RegExp(`/golden/${arm}/prod .* ${second} [^]*/golden/${intel}/prod .* ${first} `));
  const { out: rolledBack } = await golden('rollback', 'base', '--why', 'no network');
  expect(rolledBack).toContain(`/golden/${arm}/stable  us-east-1  ${second}  ${first}`);
  const { out: moves } = await golden('history', 'base');
  expect(moves).toMatch(new RegExp(`${arm}/stable +rollback +${second} +${first} `));
  expect(moves).toMatch(new RegExp(`${intel}/prod +promote +${first} `));

  const inspected = JSON.parse((await golden('inspect', 'base', '--json')).out) as { build: { recipe: string } }[];
  expect(inspected.map(({ build }) => build.recipe)).toEqual([intel, arm]);
  const logged = JSON.parse((await golden('logs', first, '--json')).out) as { recipe: string; status: string }[];
  expect(logged.map(({ recipe, status: ended }) => `${recipe} ${ended}`)).toEqual(
    ['base', intel, arm].map((name) => `${name} published`),
  );
  const ofStep = JSON.parse((await golden('logs', first, '--step', 'patch', '--json')).out) as {
    recipe: string;
    outputs: { name: string }[];
  }[];
  expect(ofStep.map(({ recipe, outputs }) => [recipe, outputs.map(({ name }) => name)])).toEqual([
    [intel, ['patch']],
    [arm, ['patch']],
  ]);
  expect(await golden('logs', first, '--step', 'nothing')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('--step nothing: has left no output; steps and checks of'),
  });
  const shared = JSON.parse((await golden('share', 'base', '--plan', '--json')).out) as { status: string }[];
  expect(shared.map(({ status: ended }) => ended)).toEqual(['planned', 'planned']);
  const revoked = await golden('revoke', first, '--why', 'CVE-2026-1', '--plan');
  expect(revoked.err).toContain('channels hold');
  const one = await golden('revoke', `${arm}-${second}`, '--why', 'CVE-2026-1', '--plan', '--json');
  expect(JSON.parse(one.out)).toMatchObject({
    builds: [{ recipe: arm }],
    moves: [{ parameter: '/golden/base-arm64/prod' }],
  });

  for (const [verb, ...options] of [['deregister', '--dry-run'], ['archive'], ['unarchive']] as const) {
    const { exitCode, err } = await golden(verb, first, ...options);
    expect([exitCode, err]).toEqual([2, expect.stringContaining(`name ${intel}-${first} or ${arm}-${first}`)]);
  }
  expect(await golden('retry', first)).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('has no held instance'),
  });
});
