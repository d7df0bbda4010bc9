import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { settingsProblems } from '../../infrastructure/settings/command-line.ts';

test.each<[string, string[]]>([
  ['nothing given', []],
  ['a stage and a region', ['--stage', 'prod', '-r', 'eu-central-1']],
  ['settings with an equals sign or without', ['--param=automaticBuilds=on', '--param', 'notify=ops@example.com']],
  ['a value that osls has to look up', ['--param', 'subnets=${env:SUBNETS}']],
])('settings that can be: %s', (_, args) => {
  expect(settingsProblems(args, {})).toEqual([]);
});

test.each<[string, string[], Record<string, string>, RegExp[]]>([
  [
    'two of the stack, together',
    ['--param=subnets=x', '--param', 'channelRoot=images'],
    {},
    [/^The deployment's settings cannot be:\n- --param="channelRoot=…".*\n- --param="subnets=…" must.*\n- .*vpcId/],
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
    [/^--param="automaticBuild=…" is no setting; .*automaticBuilds/],
  ],
  [
    'a word that it does not take',
    ['--param=dailySweep=off'],
    {},
    [/^--param="dailySweep=…" must be ENABLED or DISABLED, not "off"/],
  ],
  ['a name that is too long', ['--stage', 'production'], { GOLDEN_SERVICE: 'a'.repeat(50) }, [/at most 45 fit/]],
])('settings that cannot be are told once: %s', (_, args, env, expected) => {
  const problems = settingsProblems(args, env);
  expect(problems).toHaveLength(expected.length);
  for (const [index, pattern] of expected.entries()) expect(problems[index]).toMatch(pattern);
});

test('npm run package and npm run deploy check the settings first', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  expect([scripts['package'], scripts['deploy']]).toEqual(
    ['package', 'deploy'].map((verb) => `node scripts/package.mjs ${verb}`),
  );
});
