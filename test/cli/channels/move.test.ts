import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { PlannedMove } from '../../../core/channel/channel-moves.ts';
import { golden } from '../../../cli/golden.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { recordingTerminal } from '../recording-terminal.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { pipeline, targets } from '../../support/pipeline.ts';

let simulation: Simulation;
const builds: string[] = [];
const run = (...args: string[]) => operator(simulation).run(...args);
const heldBuild = async (channel: string) => {
  const { channels } = JSON.parse((await run('status', 'base', '--json')).out) as {
    channels: { channel: string; build: string }[];
  };
  return channels.find((one) => one.channel === channel)?.build;
};

beforeAll(async () => {
  simulation = pipeline({ changes: { distribute: [targets.home] }, scenario: { delays: brisk } });
  for (let n = 0; n < 3; n++) {
    const { output } = await simulation.finish(simulation.start({ recipe: 'base', force: true }));
    builds.push((JSON.parse(output ?? '{}') as { build: string }).build);
    await simulation.pass(3600);
  }
}, 60_000);

describe('from a terminal', () => {
  test('a promotion shows what moved, and the history who moved it and why', async () => {
    const { exitCode, out } = await run('promote', 'base', '--to', 'prod', '--why', 'a week in test');
    expect([exitCode, out]).toEqual([
      0,
      expect.stringMatching(/VerifyMove[\s\S]+moved\n[\s\S]+\/golden\/base\/prod +us-east-1 +nothing/),
    ]);
    expect((await run('history', 'base', '--channel', 'prod')).out).toMatch(
      new RegExp(`prod +promote +${builds[2]} +arn:aws:sts::222233334444:assumed-role/operator/golden +a week in test`),
    );
  });

  test('with --json stdout is what moved and nothing else', async () => {
    const { exitCode, out } = await run('rollback', 'base', '--json');
    expect(exitCode).toBe(0);
    const { status, moves } = JSON.parse(out) as { status: string; moves: PlannedMove[] };
    expect([status, moves[0]?.move]).toMatchObject(['moved', { from: { build: builds[2] }, to: { build: builds[1] } }]);
  });

  test('with --json every problem of a refused input has its key', async () => {
    const { exitCode, out } = await run('promote', 'base', 'latest', '--to', 'a b', '--json');
    expect([exitCode, JSON.parse(out)]).toEqual([
      2,
      {
        status: 'refused',
        problems: [
          { path: 'channel', message: 'must be the name of a channel' },
          { path: 'build', message: 'is no build id (YYYYMMDD-HHMMSS-hhhh)' },
        ],
      },
    ]);
  });

  test('status shows each channel in each region, and the content that is held back', async () => {
    const { exitCode, out } = await run('status');
    expect(exitCode).toBe(0);
    expect(out).toMatch(new RegExp(`base/stable +us-east-1 +${builds[1]} +2h.* +healthy +not checked +ami-`));
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      `base/stable: no automatic build until the content changes: ${builds[2]} has the same content, and arn:aws:sts`,
    );
  });

  test('a person at the terminal is shown the move and asked, and without a yes nothing moves', async () => {
    const questions: string[] = [];
    const confirms = async (question: string) => (questions.push(question), false);
    const { exitCode, out } = await operator(simulation, { confirms }).onTerminal('rollback', 'base');
    expect([exitCode, questions]).toEqual([130, ['  Move /golden/base/stable?']]);
    expect(out).toMatch(
      new RegExp(`/golden/base/stable +us-east-1 +${builds[1]} +${builds[0]}[\\s\\S]+Nothing was moved`),
    );
    expect(await heldBuild('stable')).toBe(builds[1]);
    expect((await operator(simulation, { confirms }).onTerminal('rollback', 'base', '--yes')).exitCode).toBe(0);
    expect(await heldBuild('stable')).toBe(builds[0]);
  });

  test.each<[string[], number, RegExp]>([
    [['rollback', 'base'], 2, /MoveRefused\n.*nothing to roll \/golden\/base\/stable back to/],
    [['promote', 'base', 'latest', '--to', 'prod'], 2, /RecipeInvalid\n +build: is no build id/],
    [['promote', 'nobody', '--to', 'prod'], 2, /no build of "nobody" was ever published here/],
    [['promote', 'base'], 2, /required option '--to <channel>'/],
    [['history', 'nobody'], 2, /no build of such a recipe.*there are builds of base/],
    [['history', 'base', '--channel', 'x'], 2, /base has no channel x; it has stable, prod/],
  ])('golden %j ends with exit code %i', async (args, code, says) => {
    const { exitCode, err } = await run(...args);
    expect([exitCode, err]).toEqual([code, expect.stringMatching(says)]);
  });
});

describe('a build is revoked', () => {
  test('--plan lists what the revoke hits, and does nothing', async () => {
    const { exitCode, out } = await run('revoke', builds[2] ?? '', '--why', 'CVE-2026-1234', '--plan');
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      new RegExp(
        `/golden/base/prod +us-east-1 +${builds[2]} +${builds[1]}[\\s\\S]+base-${builds[2]} +us-east-1 +ami-\\w+ +disabled\\n\\n.*may launch the images: 444455556666`,
      ),
    );
    expect(await heldBuild('prod')).toBe(builds[2]);
  });

  test('and restored', async () => {
    const revoked = await run('revoke', `base-${builds[2]}`, '--why', 'CVE-2026-1234', '--json', '--yes');
    expect([revoked.exitCode, JSON.parse(revoked.out)]).toMatchObject([
      0,
      { status: 'revoked', hits: { descendants: [] } },
    ]);
    expect(await heldBuild('prod')).toBe(builds[1]);
    expect((await run('promote', 'base', builds[2] ?? '', '--to', 'prod')).err).toContain('was revoked by arn:aws:sts');
    const { exitCode, out } = await run('restore', builds[2] ?? '');
    expect([exitCode, out]).toEqual([
      0,
      expect.stringMatching(/restored\n.*\n +base-\S+ +us-east-1 +ami-\w+ +enabled/),
    ]);
    expect(await run('revoke', 'base', '--why', 'CVE-2026-1234')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('base: is no build id, such as 20261123-030000-9f2c'),
    });
    expect((await run('revoke', builds[2] ?? '')).err).toContain("required option '--why <text>'");
    expect(await run('revoke', builds[2] ?? '', '--why', 'CVE-2026-1234')).toMatchObject({
      exitCode: 2,
      err: 'golden revoke takes images away, and asks first only at a terminal: give --yes, or look with --plan\n',
    });
  });
});

test('anybody can try it on a simulated AWS', async () => {
  const { terminal, out } = recordingTerminal();
  expect(await golden(['rollback', 'al2023-base', '--simulate'], terminal)).toBe(0);
  expect(out()).toMatch(/moved\n[\s\S]+al2023-base\/stable +us-east-1/);
}, 30_000);

test('the build that the docs name is on the simulated AWS, and if revoked, it is restored there', async () => {
  const listed = recordingTerminal();
  await golden(['history', 'al2023-base', '--simulate', '--json'], listed.terminal);
  const [{ to: { build = '' } = {} } = {}] = JSON.parse(listed.out()) as { to?: { build?: string } }[];
  expect([build, readFileSync('docs/moving-channels.md', 'utf8')]).toEqual([
    '20261207-030000-feea',
    expect.stringContaining(`golden revoke ${build} `),
  ]);
  const { terminal, out, err } = recordingTerminal();
  expect(await golden(['restore', build, '--simulate'], terminal)).toBe(0);
  expect(err()).toContain(`Then ${build} was revoked.`);
  expect(out()).toMatch(new RegExp(`restored\n[\\s\\S]+al2023-base-${build} +us-east-1 +ami-\\w+ +enabled`));
}, 30_000);
