import { expect, test } from '@jest/globals';
import { checkCommands, commandComment, provisionCommands } from '../../../core/guest/command.ts';
import type { Step } from '../../../core/recipe/types.ts';
import { scriptIn } from '../../../simulator/aws/ssm/parameter-values.ts';

const windows = { windows: true };
const linux = { windows: false };
const build = '20261123-030000-9f2c';
const script = (step: Step, os = linux, scripts = {}) =>
  scriptIn(provisionCommands([step], build, os, scripts)[0]?.parameters['commands'] ?? []);

test('a run step stops at the first command that fails, in a shell that knows pipefail', () => {
  expect(script({ run: 'false | true\necho done', timeout: '1h' })).toBe(
    '#!/bin/bash\nset -euo pipefail\nfalse | true\necho done',
  );
});

test('a script brings its own shebang or gets bash', () => {
  const scripts = { 'scripts/a.sh': '#!/bin/sh\ntrue', 'scripts/b.sh': 'true' };
  expect(script({ script: 'scripts/a.sh', timeout: '1h' }, linux, scripts)).toBe('#!/bin/sh\ntrue');
  expect(script({ script: 'scripts/b.sh', timeout: '1h' }, linux, scripts)).toBe('#!/bin/bash\ntrue');
});

test('a powershell step stops at the first error, and ends with the exit code of a program that failed', () => {
  const [command] = provisionCommands([{ powershell: 'choco install x', timeout: '1h' }], build, windows, {});
  const lines = command?.parameters['commands'] ?? [];
  expect(lines[0]).toBe("$ErrorActionPreference = 'Stop'");
  expect(lines.at(-1)).toBe('if ($LASTEXITCODE) { exit $LASTEXITCODE }');
});

test.each([
  'Write-Host 1',
  "<# installs #>\n[CmdletBinding()]\nparam([string]$version = '1')\nWrite-Host $version",
  'process { 1 }',
  '# types\nusing namespace System.IO\n[Path]::Combine(1)',
  'using module Az\n\nparam($a)\n$a',
])('a PowerShell script is a file of its own, so it may begin with anything (%j)', (text) => {
  expect(script({ powershell: text, timeout: '1h' }, windows)).toBe(`\uFEFF${text}`);
  expect(script({ script: 'a.ps1', timeout: '1h' }, windows, { 'a.ps1': text })).toBe(`\uFEFF${text}`);
});

test.each([
  [linux, 'exit 194'],
  [windows, 'exit 3010'],
])('a reboot step asks the agent to reboot the first time and succeeds the second time (%j)', (os, exit) => {
  const text = script({ reboot: true, timeout: '15m' }, os);
  expect(text).toContain(exit);
  expect(text).toContain('exit 0');
});

test('a document step goes to SSM as it is', () => {
  const step = {
    document: 'AWS-ConfigureAWSPackage',
    version: '3',
    parameters: { action: ['Install'] },
    timeout: '10m',
  };
  expect(provisionCommands([step], build, linux, {})[0]).toEqual({
    index: 0,
    name: 'AWS-ConfigureAWSPackage',
    document: 'AWS-ConfigureAWSPackage',
    version: '3',
    parameters: { action: ['Install'] },
    timeoutSeconds: 600,
  });
});

test('each command carries its own bound', () => {
  const [first] = provisionCommands([{ run: 'true', timeout: '90s' }], build, linux, {});
  expect(first).toMatchObject({ timeoutSeconds: 90, parameters: { executionTimeout: ['90'] } });
});

test.each([
  ['AWS-RunShellScript', {}, { executionTimeout: ['10800'] }],
  ['arn:aws:ssm:us-east-1::document/AWS-RunPowerShellScript', {}, { executionTimeout: ['10800'] }],
  ['AWS-ApplyAnsiblePlaybooks', {}, { TimeoutSeconds: ['10800'] }],
  ['AWS-RunShellScript', { executionTimeout: ['60'] }, { executionTimeout: ['60'] }],
  ['AWS-ConfigureAWSPackage', {}, {}],
  ['my-own-document', {}, {}],
])('the timeout of a step is that of its document %s %j, where there is one', (document, parameters, expected) => {
  const step = { document, parameters, timeout: '3h' };
  expect(provisionCommands([step], build, linux, {})[0]).toMatchObject({
    parameters: expected,
    timeoutSeconds: 10_800,
  });
});

test('steps without a name are called after what they are and where they stand', () => {
  const steps: Step[] = [
    { run: 'true', timeout: '1h' },
    { reboot: true, timeout: '1h' },
  ];
  expect(provisionCommands(steps, build, linux, {}).map(({ name }) => name)).toEqual(['run-1', 'reboot-2', 'sanitize']);
});

test('the last command takes host keys, histories and identity out of the disk', () => {
  const text = scriptIn(provisionCommands([], build, linux, {}).at(-1)?.parameters['commands'] ?? []);
  expect(text).toContain('/etc/ssh/ssh_host_*_key');
  expect(text).toContain('/etc/machine-id');
});

test.each([
  [linux, "allowed=('/opt/a b/*.pem' '/etc/x')"],
  [windows, "$allowed = @('/opt/a b/*.pem', '/etc/x')"],
])('files that the recipe allows reach sanitize as patterns (%j)', (os, list) => {
  const commands = provisionCommands([], build, os, {}, ['/opt/a b/*.pem', '/etc/x']);
  expect(scriptIn(commands.find(({ name }) => name === 'sanitize')?.parameters['commands'] ?? [])).toContain(list);
});

test('Windows is generalized last, by the document of AWS for it: scripts of Run Command run as Local System', () => {
  expect(provisionCommands([], build, windows, {}).slice(-2)).toMatchObject([
    { name: 'sanitize', document: 'AWS-RunPowerShellScript' },
    { name: 'generalize', index: 1, document: 'AWSEC2-RunSysprep', parameters: {}, shutsDown: true },
  ]);
});

test('checks keep their names and are not sanitized', () => {
  expect(checkCommands([{ name: 'agent runs', run: 'true', timeout: '5m' }], build, linux, {})).toHaveLength(1);
});

test('a comment tells commands of one build apart and fits into 100 characters', () => {
  const command = { index: 3, name: 'x'.repeat(200), document: 'd', parameters: {}, timeoutSeconds: 1 };
  expect(commandComment(build, 'check', command)).toHaveLength(100);
  expect(commandComment(build, 'check', { ...command, name: 'agent runs' })).toBe(`${build}/check/3 agent runs`);
});

const arm = { windows: false, architecture: 'arm64' };
const conditional: Step[] = [
  { name: 'intel', run: 'true', if: { architecture: 'x86_64' }, timeout: '1h' },
  { run: 'true', timeout: '1h' },
  { name: 'windows', powershell: 'exit 0', if: { platform: 'windows' }, timeout: '1h' },
  { reboot: true, if: { platform: 'linux', architecture: 'arm64' }, timeout: '1h' },
];

test('a step whose if excludes the source image is not sent, and the others are numbered without it', () => {
  const commands = provisionCommands(conditional, build, arm, {});
  expect(commands.map(({ index, name }) => [index, name])).toEqual([
    [0, 'run-2'],
    [1, 'reboot-4'],
    [2, 'sanitize'],
  ]);
});
