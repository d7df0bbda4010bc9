import { afterAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deploymentOf } from '../../infrastructure/settings/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'golden-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The lines in which the settings are refused. */
function refusal(args: string[], env: Record<string, string> = {}): string[] {
  try {
    deploymentOf(args, env);
  } catch (error) {
    return (error as Error).message.split(/\n(?!- )/);
  }
  return [];
}

test.each<[string, string[]]>([
  ['nothing given', []],
  ['a stage and a region', ['--stage', 'prod', '-r', 'eu-central-1']],
  ['settings with an equals sign or without', ['--param=automaticBuilds=on', '--param', 'notify=ops@example.com']],
])('settings that can be: %s', (_, args) => {
  expect(refusal(args)).toEqual([]);
});

test('osls finds the values of environment variables and of files, and they are checked like values that are given', () => {
  writeFileSync(join(folder, 'values.json'), JSON.stringify({ groups: 'sg-0123456789abcdef0,sg-1' }));
  process.env['GOLDEN_TEST_WORD'] = 'off';
  try {
    const args = [
      `--param=securityGroups=\${file(${folder}/values.json):groups}`,
      '--param=dailySweep=${env:GOLDEN_TEST_WORD}',
      '--param=channelRoot=${file(package.json):name}',
    ];
    expect(refusal(args)).toEqual([
      '--param="dailySweep=…" must be ENABLED or DISABLED, not "off"',
      expect.stringMatching(
        /channelRoot=…" must .*, not "golden-image-pipeline"\n.*securityGroups=…" must .*, not "sg-1"$/,
      ),
    ]);
  } finally {
    delete process.env['GOLDEN_TEST_WORD'];
  }
  expect(readdirSync('.').filter((name) => name.startsWith('.settings-'))).toEqual([]);
});

test('values that osls does not find are refused, each with its setting', () => {
  expect(refusal(['--param=dailySweep=${env:GOLDEN_TEST_NONE}', '--param=vpcId=${file(none.json):vpc}'])).toEqual([
    'osls finds no value for some settings:',
    expect.stringMatching(/--param="dailySweep=…": Value not found at "env" source$/),
    expect.stringMatching(/--param="vpcId=…": Value not found at "file" source$/),
  ]);
});

test.each<[string, string[], Record<string, string>, RegExp[]]>([
  [
    'two of the stack, together',
    ['--param=subnets=x', '--param', 'channelRoot=images'],
    {},
    [/^These settings of the stack cannot work:\n- --param="channelRoot=…".*\n- --param="subnets=…" must.*\n- .*vpcId/],
  ],
  ['one of the functions', ['--param', 'automaticBuilds=yes'], {}, [/^automaticBuilds must be on or off, not "yes"/]],
  [
    'one of the log and one of the topic',
    ['--param=executionLog=x', '--param=notify=x'],
    {},
    [/^executionLog/, /^notify/],
  ],
  [
    'a name that is misspelt',
    ['--param=automaticBuild=on'],
    {},
    [/^--param="automaticBuild=…" is no setting\. .*automaticBuilds/],
  ],
  [
    'a word that it does not take',
    ['--param=dailySweep=off'],
    {},
    [/^--param="dailySweep=…" must be ENABLED or DISABLED, not "off"/],
  ],
  ['a name that is too long', ['--stage', 'production'], { GOLDEN_SERVICE: 'a'.repeat(50) }, [/at most 45 fit/]],
])('settings that cannot be are told once: %s', (_, args, env, expected) => {
  const problems = refusal(args, env);
  expect(problems).toHaveLength(expected.length);
  for (const [index, pattern] of expected.entries()) expect(problems[index]).toMatch(pattern);
});

test('npm run package and npm run deploy check the settings before they make anything', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const calls = ['package', 'deploy'].map((verb) => scripts[verb]);
  expect(calls).toEqual(['node scripts/package.mjs package', 'node scripts/package.mjs deploy']);
  const before = statSync('dist', { throwIfNoEntry: false })?.mtimeMs;
  const run = spawnSync(process.execPath, ['scripts/package.mjs', 'package', '--param=dailySweep=off'], {
    encoding: 'utf8',
  });
  expect(run).toMatchObject({
    status: 1,
    stdout: '',
    stderr: '--param="dailySweep=…" must be ENABLED or DISABLED, not "off"\n',
  });
  expect(statSync('dist', { throwIfNoEntry: false })?.mtimeMs).toBe(before);
});

test('osls alone packages nothing for another region or stage than the last packaging', () => {
  for (const name of ['serverless.yml', 'infrastructure', 'statemachines'])
    cpSync(name, join(folder, name), { recursive: true });
  mkdirSync(join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'dist/infrastructure.json'), JSON.stringify({ dev: { 'us-east-1': { functions: {} } } }));
  const osls = resolve('node_modules/serverless/bin/serverless.js');
  const { AWS_REGION: _region, ...env } = process.env;
  const run = spawnSync(process.execPath, [osls, 'package', '--region', 'eu-central-1'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect(run.status).toBe(1);
  expect(run.stderr + run.stdout).toContain('Cannot resolve variable at "custom.made"');
});
