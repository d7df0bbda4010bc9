import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { golden } from '../../../cli/golden.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { recordingTerminal } from '../recording-terminal.ts';
import { home, leftIn, nothing, onlyManifest, pipeline, targets } from '../../support/pipeline.ts';

const windows = {
  source: { parameter: '/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base', owner: 'amazon' },
  provision: [{ name: 'patch', powershell: 'exit 0' }],
  checks: [{ name: 'boots', powershell: 'exit 0' }],
};

test('what the docs show of --simulate is what it says: a shell that would open, and a retry that publishes', async () => {
  const said: string[] = [];
  for (const verb of ['shell', 'retry']) {
    const { terminal, out, err } = recordingTerminal();
    expect(await golden([verb, 'al2023-base', '--simulate'], terminal)).toBe(0);
    said.push(...`${err()}\n${out()}`.split('\n'));
  }
  const [, shown = ''] =
    /^\$ golden shell al2023-base --simulate\n([^]*?)```/m.exec(readFileSync('docs/failures.md', 'utf8')) ?? [];
  const lines = shown
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('$ '));
  expect(lines).toHaveLength(6);
  // Times and ids of instances depend on every call before.
  const words = (line: string) =>
    line
      .replace(/\bi-\w{17}/, 'i-')
      .replaceAll(/\d+/g, '1')
      .replaceAll(/ +/g, ' ');
  expect(said.map(words)).toEqual(expect.arrayContaining(lines.map(words)));
  expect(said.join('\n')).toContain('published');
}, 30_000);

test('a shell on a held candidate of Windows says how to get its password and its desktop', async () => {
  const changes = {
    ...windows,
    builder: { instanceTypes: ['t3.large'], candidateKeyPair: 'admin' },
    distribute: [targets.home],
    onFailure: 'hold',
  };
  const commands = [{ step: 'boots', exitCode: 1 }];
  const simulation = pipeline({ changes, scenario: { delays: brisk, commands } });
  await operator(simulation).run('build', 'base');
  const { err } = await operator(simulation, { session: async () => 0 }).run('shell', 'base');
  const { instance } = onlyManifest(simulation)?.failure?.held ?? {};
  expect(err).toContain(
    `aws ec2 get-password-data --instance-id ${instance} --region ${home} --priv-launch-key admin.pem`,
  );
  expect(err).toContain('--parameters portNumber=3389,localPortNumber=13389');
});

describe('on a deployed pipeline', () => {
  let simulation: Simulation;
  beforeEach(async () => {
    const changes = { distribute: [targets.home], onFailure: 'hold' };
    const commands = [{ step: 'patch', exitCode: 1, times: 1 }];
    simulation = pipeline({ changes, scenario: { delays: brisk, commands } });
    await operator(simulation).run('build', 'base');
  });

  const heldInstance = () => onlyManifest(simulation)?.failure?.held?.instance ?? '';

  test('a shell opens a session of Session Manager on the held instance, and says what is missing without the AWS CLI', async () => {
    const opened: string[][] = [];
    const session = async (command: string[]) => opened.push(command) * 0;
    expect((await operator(simulation, { session }).run('shell', 'base')).exitCode).toBe(0);
    expect(opened).toEqual([['aws', 'ssm', 'start-session', '--target', heldInstance(), '--region', home]]);
    const without = await operator(simulation).run('shell', 'base');
    expect(without).toMatchObject({ exitCode: 2, err: expect.stringContaining('install the AWS CLI') });
  });

  test('a retry waits for the clean-up and goes on to the published image; then nothing is held', async () => {
    expect(await operator(simulation).run('retry', 'base', '--recipe', 'other')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('--recipe other: is other, and'),
    });
    const before = simulation.executions().length;
    const mistyped = await operator(simulation).run('retry', 'base', '--from', 'pach');
    expect(mistyped).toMatchObject({ exitCode: 2, err: expect.stringContaining('--from pach is no step') });
    expect(mistyped.err).toMatch(
      /The builder i-\w+ in us-east-1 is held until 2026-\S+; nothing was started. To go on: .* --from patch\b/,
    );
    expect(simulation.executions()).toHaveLength(before);
    const { exitCode, out } = await operator(simulation).run('retry', 'base', '--recipe', 'base');
    expect(mistyped.err).toContain('Waiting for the end of');
    expect(out).toContain('published');
    expect(exitCode).toBe(0);
    expect(onlyManifest(simulation)?.status).toBe('published');
    await simulation.pass(2 * 3600);
    expect(await operator(simulation).run('retry', 'base')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('has no held instance'),
    });
  });

  test('a cancel ends the hold: the instance is gone within minutes', async () => {
    expect(leftIn(simulation).instances).toHaveLength(1);
    const { build = '' } = onlyManifest(simulation) ?? {};
    expect((await operator(simulation).run('cancel', 'base')).out).toContain(`cancel ${build} ends that`);
    const { exitCode, out } = await operator(simulation).run('cancel', onlyManifest(simulation)?.build ?? '');
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: expect.stringContaining(`builder ${heldInstance()} of base-`),
    });
    await simulation.pass(600);
    expect(leftIn(simulation)).toEqual(nothing);
    expect(onlyManifest(simulation)?.failure).not.toHaveProperty('held');
  });

  test('a hold that is about to end is too short for a retry, which says so before it starts anything', async () => {
    await simulation.pass(600);
    const held = onlyManifest(simulation)?.failure?.held;
    const left = (Date.parse(held?.until ?? '') - simulation.cloud.world.clock.now()) / 1000;
    await simulation.pass(left - 60);
    const before = simulation.executions().length;
    expect(await operator(simulation).run('retry', 'base')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining(`is held only until ${held?.until}, too short to go on`),
    });
    expect(simulation.executions()).toHaveLength(before);
  });
});
