import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../../../core/digest.ts';
import { powerShell, shell, textOfStep } from '../../../../core/guest/remote/step-script.ts';
import { parameterValues } from '../../../../simulator/aws/ssm/parameter-values.ts';

/** A script that no compression makes small enough for SSM. It prints itself. */
const noise = Array.from({ length: 1500 }, (_, line) => `# ${sha256(String(line))} {{ ssm:x }} \${HOME}\r`).join('\n');
const large = `#!/bin/cat\n${noise}`;

/** What the agent does with AWS-RunRemoteScript: it downloads the object, and starts the line in the folder of the object. */
function asTheAgentDoes(
  { object = '', parameters }: ReturnType<typeof shell> & { object?: string },
  arrives: string,
  before = '',
) {
  const folder = mkdtempSync(join(tmpdir(), 'golden-remote-'));
  try {
    writeFileSync(join(folder, object), arrives);
    const [line = ''] = (parameters as { commandLine?: string[] }).commandLine ?? [];
    const { status, stdout, stderr } = spawnSync('sh', ['-c', `${before}\n${line}`], { cwd: folder, maxBuffer: 1e7 });
    return { status, out: stdout.toString(), err: stderr.toString() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a small script is sent with its command, and a large one through the bucket by its digest', () => {
  expect(shell('#!/bin/sh\ntrue', 60)).toMatchObject({ document: 'AWS-RunShellScript' });
  expect(powerShell('exit 0', 60)).toMatchObject({ document: 'AWS-RunPowerShellScript' });
  for (const command of [shell(large, 60), powerShell(large, 60)])
    expect(command).toMatchObject({
      document: 'AWS-RunRemoteScript',
      object: sha256(large),
      parameters: { sourceType: ['S3'], executionTimeout: ['60'] },
    });
});

test('a large script arrives byte for byte, runs under its own shebang, and runs again after a reboot', () => {
  const command = shell(large, 60);
  const { status, out } = asTheAgentDoes(command, large);
  expect({ status, same: out === large }).toEqual({ status: 0, same: true });
  const twice = shell(`#!/bin/sh\n[ -e second ] && { echo again; exit 0; }\ntouch second\nexit 194\n${noise}`, 60);
  const [line = ''] = (twice.parameters as { commandLine?: string[] }).commandLine ?? [];
  const text = `#!/bin/sh\n[ -e second ] && { echo again; exit 0; }\ntouch second\nexit 194\n${noise}`;
  expect(asTheAgentDoes(twice, text, `sh -c '${line.replaceAll("'", String.raw`'\''`)}'; echo $?`)).toMatchObject({
    status: 0,
    out: '194\nagain\n',
  });
});

test('a large script gets its variables and its folder', () => {
  const text = `#!/bin/sh\nprintf '%s in %s' "$NOTE" "$PWD"\nexit 0\n${noise}`;
  const around = { env: { NOTE: "it's {{ here }}" }, workingDirectory: '/tmp' };
  expect(asTheAgentDoes(shell(text, 60, around), text)).toMatchObject({ status: 0, out: "it's {{ here }} in /tmp" });
});

test('a script with another digest does not run', () => {
  const { status, out, err } = asTheAgentDoes(shell(large, 60), `${large} `);
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toContain(`the script that arrived is not that of the recipe: its SHA-256 is not ${sha256(large)}`);
});

test('SSM takes the command of a large script as it is', () => {
  for (const { parameters } of [shell(large, 60), powerShell(large, 60)])
    expect(parameterValues(parameters, () => 'replaced')).toEqual(parameters);
});

test('the digest is that of what the instance gets', () => {
  const step = { powershell: noise, timeout: '1h' };
  const text = textOfStep(step, {}) ?? '';
  expect(text).toBe(`\uFEFF${noise}`);
  expect(powerShell(text, 60)).toMatchObject({ object: sha256(text) });
});
