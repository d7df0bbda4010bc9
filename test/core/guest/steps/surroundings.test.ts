import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packedPowerShell, packedShell } from '../../../../core/guest/packed-script.ts';
import {
  beginningIn,
  environmentIn,
  parameterValues,
  scriptIn,
} from '../../../../simulator/aws/ssm/parameter-values.ts';
import type { StepSurroundings } from '../../../../core/recipe/steps/surroundings.ts';

/** Runs a script in its surroundings as the agent does: the joined lines are an executable file. */
function run(script: string, surroundings: StepSurroundings, env: NodeJS.ProcessEnv = process.env) {
  const folder = mkdtempSync(join(tmpdir(), 'golden-agent-'));
  try {
    const path = join(folder, '_script.sh');
    writeFileSync(path, packedShell(script, surroundings).join('\n'));
    chmodSync(path, 0o700);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', path], { env });
    return { status, out: stdout.toString(), err: stderr.toString() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const values: [string, string][] = [
  ['quotes', `it's "quoted" \\' \``],
  ['what a shell replaces', '$HOME ${HOME} $(id) `id` ~ * ?'],
  ['two braces', '{{ssm:x}} {{ commands }} ${{ parameters.x }}'],
  ['lines', 'one\ntwo\r\n\n'],
  ['the words around the packed text', "PACKED\n'@)\n<<'PACKED'\n"],
  ['other alphabets', 'Grüße, 世界, \u{1F680}, ‘typographic’ quotes‚‛'],
  ['a byte order mark', '\uFEFFx'],
  ['a JSON document', '{"auths":{"registry.example.com":{"auth":"e30="}}}'],
  ['what begins like an option', '-n'],
  ['nothing', ''],
];

test.each(values)('a variable with %s reaches a shell script unchanged', (_, value) => {
  const env = { VALUE: value, OTHER: 'other' };
  const { status, out } = run('#!/bin/sh\nprintf "%s|%s" "$VALUE" "$OTHER"', { env });
  expect({ status, out }).toEqual({ status: 0, out: `${value}|other` });
});

test.each(values)('SSM takes a variable with %s as it is, for Linux and Windows', (_, value) => {
  const env = { VALUE: value, OTHER: 'other' };
  for (const lines of [packedShell('true', { env }), packedPowerShell('exit 0', { env })]) {
    const commands = parameterValues({ commands: lines }, () => 'replaced')['commands'] ?? [];
    expect(commands).toEqual(lines);
    expect(environmentIn(commands)).toEqual(env);
    expect(scriptIn(commands)).toMatch(/^(true|\uFEFFexit 0)$/);
    expect(commands.join('\n')).not.toContain('VALUE');
  }
});

test('variables may be called like anything that the beginning uses', () => {
  const env = { step: 'a', begin: 'b', PATH: '/nowhere', IFS: '/', DEBIAN_FRONTEND: 'dialog' };
  const { status, out } = run('#!/bin/sh\necho "$step" "$begin" "$PATH" "$DEBIAN_FRONTEND" "$NEEDRESTART_SUSPEND"', {
    env,
  });
  expect({ status, out }).toEqual({ status: 0, out: 'a b /nowhere dialog 1\n' });
});

test('a script begins in its folder, whatever the folder is called', () => {
  const folder = mkdtempSync(join(tmpdir(), "it's a $HOME {{ folder }} "));
  const { out } = run('#!/bin/sh\npwd; exit 194', { workingDirectory: folder });
  rmSync(folder, { recursive: true });
  expect(out).toBe(`${folder}\n`);
});

test('a script whose folder is missing does not run, and says which folder that is', () => {
  const { status, out, err } = run('#!/bin/sh\necho ran', { workingDirectory: '/nowhere/at all' });
  expect({ ran: out, failed: status !== 0 }).toEqual({ ran: '', failed: true });
  expect(err).toContain('/nowhere/at all');
});

// runuser is for root. CI runs as root.
const describeAsRoot = process.getuid?.() === 0 && existsSync('/usr/sbin/runuser') ? describe : describe.skip;

describeAsRoot('another user', () => {
  test('another user gets an environment of its own with the variables of the step, and the exit code is the one of the script', () => {
    const script = '#!/bin/sh\nid -un; pwd; env | sort; echo wrong >&2; exit 194';
    const around = { user: 'nobody', env: { GREETING: "it's\nme", HOME: '/srv' }, workingDirectory: '/usr' };
    const { status, out, err } = run(script, around, { ...process.env, LEAKED: 'by the agent', LANG: 'C.UTF-8' });
    expect({ status, err }).toEqual({ status: 194, err: 'wrong\n' });
    const lines = out.split('\n');
    expect(lines.slice(0, 2)).toEqual(['nobody', '/usr']);
    expect(lines).toEqual(
      expect.arrayContaining(["GREETING=it's", 'me', 'USER=nobody', 'LANG=C.UTF-8', 'NEEDRESTART_SUSPEND=1']),
    );
    expect(out).not.toContain('LEAKED');
    expect(readdirSync('/var/lib').filter((name) => name.startsWith('golden-step'))).toEqual([]);
  });

  test('the script of another user knows its own path, and nobody else may read it', () => {
    const { out } = run('#!/bin/bash\nstat -c "%a %U" "$0" "$(dirname "$0")"', { user: 'nobody' });
    expect(out).toBe('700 nobody\n700 nobody\n');
  });

  test('a user that does not exist fails the step by name', () => {
    const { status, err } = run('#!/bin/sh\necho ran', { user: 'stranger' });
    expect({ status, err }).toEqual({
      status: 1,
      err: 'there is no user stranger on this instance: an earlier step must add the user\n',
    });
  });
});

test('PowerShell begins in its folder, with the variables of the step', () => {
  const lines = packedPowerShell('exit 0', { env: { A: "it's ‘so’" }, workingDirectory: String.raw`C:\it's` });
  expect(environmentIn(lines)).toEqual({ A: "it's ‘so’" });
  expect(lines.at(-2)).toBe('& $begin $step');
  expect(beginningIn(lines)).toMatch(/& \$args\[0\]$/);
});

test('without surroundings a script is sent as ever', () => {
  expect(packedShell('true', { env: {} })).toEqual(packedShell('true'));
  expect(packedPowerShell('exit 0', { env: {} })).toEqual(packedPowerShell('exit 0'));
});
