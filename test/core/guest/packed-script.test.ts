import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { areSent, fitsCommand, packedPowerShell, packedShell } from '../../../core/guest/packed-script.ts';
import { parameterValues, scriptIn } from '../../../simulator/aws/ssm/parameter-values.ts';

const hundredKilobytes = Array.from(
  { length: 2500 },
  (_, line) => `echo "line ${line} of many"; sleep 0 # padding`,
).join('\n');
const texts: [string, string][] = [
  ['two braces', "docker ps --format '{{.Names}}' --filter {{ssm:x}} {{ commands }}\n"],
  ['what shells and templates replace', 'echo ${HOME} $(id) `id` $1 \\n %s "\'\n'],
  ['CR LF', 'one\r\ntwo\r\n'],
  ['a byte order mark inside', 'one\n\uFEFFtwo\n'],
  ['100 kB', hundredKilobytes],
  ['other alphabets', 'Grüße, 世界, \u{1F680}\n'],
  ['no last line end', 'true'],
  ['many last line ends', 'true\n\n\n'],
  ['the words around the packed text', "PACKED\n'@)\n<<'PACKED'\n"],
  ['tabs, and blanks at the ends of lines', '\t a \t\n  \n'],
];

/** What the agent does with the lines of a command: it joins them, makes the file executable and starts it with sh. */
function asTheAgentDoes(lines: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'golden-agent-'));
  try {
    const path = join(folder, '_script.sh');
    writeFileSync(path, lines.join('\n'));
    chmodSync(path, 0o700);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', path], { maxBuffer: 1e7 });
    return {
      status,
      out: stdout.toString(),
      err: stderr.toString(),
      step: readFileSync(join(folder, 'step')).toString(),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each(texts)('a script with %s arrives byte for byte', (_, text) => {
  const script = `#!/bin/cat\n${text}`;
  const { status, out, step } = asTheAgentDoes(packedShell(script));
  expect({ status, same: [out === script, step === script] }).toEqual({ status: 0, same: [true, true] });
});

test.each(texts)('SSM takes a packed script with %s as it is', (_, text) => {
  for (const [lines, whole] of [
    [packedShell(text), text],
    [packedPowerShell(text), `\uFEFF${text}`],
  ] as const) {
    const commands = parameterValues({ commands: lines }, () => 'replaced')['commands'] ?? [];
    expect(commands).toEqual(lines);
    expect(scriptIn(commands)).toBe(whole);
  }
});

test('SSM would replace or refuse two braces, and refuse more than 64 KB, if scripts were sent as they are', () => {
  const sent = (script: string) => () => parameterValues({ commands: script.split('\n') }, () => undefined);
  expect(sent("docker ps --format '{{.Names}}'")).toThrow('.Names');
  expect(sent(hundredKilobytes)).toThrow('64 KB');
  expect(parameterValues({ commands: ['echo {{ssm:a}}'] }, (name) => `value of ${name}`)).toEqual({
    commands: ['echo value of a'],
  });
});

test('the exit code of a script is that of the command, and its shebang names the shell', () => {
  expect(asTheAgentDoes(packedShell('#!/bin/bash\nset -o pipefail\nfalse | true || exit 194'))).toMatchObject({
    status: 194,
  });
  expect(asTheAgentDoes(packedShell('#!/bin/nothing\ntrue')).status).not.toBe(0);
});

test('a script runs with the umask of the agent, and tells apt and needrestart to leave services alone', () => {
  const { out } = asTheAgentDoes(
    packedShell('#!/bin/sh\numask; echo "$DEBIAN_FRONTEND $NEEDRESTART_SUSPEND"; echo "$-"'),
  );
  const [mask, variables, options] = out.split('\n');
  expect(mask).toBe(spawnSync('sh', ['-c', 'umask']).stdout.toString().trim());
  expect(variables).toBe('noninteractive 1');
  expect(options).not.toMatch(/[eu]/);
});

test('a packed script that is damaged on its way does not run', () => {
  const lines = packedShell('#!/bin/sh\necho ran').map((line) => (line.startsWith('H4sI') ? line.slice(0, -8) : line));
  const { status, out } = asTheAgentDoes(lines);
  expect(status).not.toBe(0);
  expect(out).toBe('');
});

test('a PowerShell script that has a byte order mark gets no second one', () => {
  expect(scriptIn(packedPowerShell('\uFEFFusing module Az\nparam($a)'))).toBe('\uFEFFusing module Az\nparam($a)');
});

test('a script that fits by the rules of recipes fits in all its surroundings, on Linux and on Windows', () => {
  const secrets = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`SECRET_${at}`, `secret:prod/${randomBytes(99).toString('hex')}:key`]),
  );
  const step = {
    env: { A: `${randomBytes(1900).toString('hex')}${"'".repeat(4000)}` },
    user: 'ubuntu',
    workingDirectory: '/opt/app',
    secrets,
  };
  const namedDisks = Array.from({ length: 10 }, (_, at) => ({
    variable: `GOLDEN_DISK_${at}`,
    name: `volume-${at}`,
    device: `/dev/sd${'fghijklmno'[at]}`,
  }));
  const text = randomBytes(40_000).toString('base64');
  const sizes = Array.from({ length: 40 }, (_, at) => (at + 1) * 1000).filter((size) =>
    fitsCommand(text.slice(0, size), step),
  );
  expect(sizes.length).toBeGreaterThan(30);
  for (const packed of [packedShell, packedPowerShell])
    expect(areSent(packed(text.slice(0, sizes.at(-1)), { ...step, region: 'us-east-1', namedDisks }))).toBe(true);
});
