import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { packTar } from 'modern-tar';
import { checkCommands, provisionCommands } from '../../core/guest/command.ts';
import { awstoeOnLinux } from '../../core/guest/remote/awstoe.ts';
import { carriedKey, carriedText } from '../../core/recipe/steps/carried.ts';
import { describeGuests, runIn, stubs } from './tree.ts';

const file = 'components/agent.yml';
const archive = await packTar([
  { header: { name: 'agent.yml', size: 4, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }, body: 'doc\n' },
]);
const sha256 = createHash('sha256').update(archive).digest('hex');
const scripts = { [carriedKey(file)]: carriedText({ sha256, bytes: archive.length, folder: false }) };
const component = { file, parameters: { Note: "it's {{ here }}, $HOME" } };
const linux = { windows: false };
const step = provisionCommands([{ component, timeout: '1h' }], 'b', linux, scripts)[0];
const check = checkCommands([{ name: 'c', component, timeout: '1h' }], 'b', linux, scripts)[0];

const run = (command = step) =>
  [
    'export AWS_SSM_REGION_NAME=eu-west-1',
    'mkdir -p /downloads && cd /downloads || exit 9',
    `base64 -d <<'ARRIVED' >${sha256}`,
    Buffer.from(archive).toString('base64'),
    'ARRIVED',
    `sh -c ${JSON.stringify(command?.parameters['commandLine']?.[0])}`,
  ].join('\n');

/** A download of a program that stands for AWSTOE, and of a text that stands for its signature. */
const curl = (program: string, signature = 'c2ln') =>
  `while [ "$1" != -o ]; do shift; done\ncase $2 in *.sig) base64 -d <<<'${signature}' >"$2" ;; *) cat >"$2" <<'TOE'\n#!/bin/bash\n${program}\nTOE\n;; esac`;
/** The program notes its call, and ends with the next code of /codes. */
const toe = `echo "awstoe $*" | sed 's#/downloads/#./#g' >>/calls; cat toe/config.json tree/agent.yml; mkdir -p toe/logs/TOE_1; echo why >toe/logs/TOE_1/console.log
code=$(sed -n 1p /codes); sed -i 1d /codes; exit "$code"`;
const url = 'https://awstoe-eu-west-1.s3.eu-west-1.amazonaws.com/latest/linux/amd64/awstoe';

// Made by gpg for these tests: a key, and its signature of a script that echoes hello.
const testKey =
  'mDMEZZIAgBYJKwYBBAHaRw8BAQdAFrI9QWecp4bA6a0VKXIvvB+G+YxJUAM4AjfPOnAWdOW0F3Rlc3QgPHRlc3RAZXhhbXBsZS5jb20+iJAEExYIADgWIQTc/jvhPn+6WPI80620r3i4jcl10wUCZZIAgAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRC0r3i4jcl10/QzAQCQoJI9cdJdL1nzK5KWBuX3hw75TOWHtydnyyYtBp0LlwEA2rU9wKA4dl9UP0/7DOgNjTfZEVqqpg6VgvphbiKwYQk=';
const signatureOfHello =
  'iHUEABYIAB0WIQTc/jvhPn+6WPI80620r3i4jcl10wUCZZNSAAAKCRC0r3i4jcl106e+AP4o1bMAaZP7xLeqYVfJ0PiVpMOviZ870lXtC5lSPQyJDgD/WZjIJv7OFs7TGeaHG5GrjgQAnUTGJrZYXBcqsMULSQE=';

describeGuests((tree) => {
  test('a component runs its phases with its parameters, and goes on after a reboot', () => {
    const [, first, second, after] = runIn(tree, [
      `${stubs({ curl: curl(toe), gpgv: '', uname: 'echo x86_64' })}\nprintf '194\\n0\\n' >/codes`,
      run(),
      run(),
      'grep -v uname /calls; ls -A /downloads',
    ]);
    expect([first?.status, second?.status]).toEqual([194, 0]);
    expect(JSON.parse(first?.out.replace('doc\n', '') ?? '')).toEqual({
      documents: [{ path: 'tree/agent.yml', parameters: [{ name: 'Note', value: "it's {{ here }}, $HOME" }] }],
      phases: 'build,validate',
    });
    const call = `awstoe run --config toe/config.json --execution-id ${sha256.slice(0, 32)} --log-directory ./toe/logs --state-directory ./toe/state`;
    expect(after?.out.trim().split('\n')).toEqual([
      `curl -fsSL --retry 3 -o toe/new ${url}`,
      `curl -fsSL --retry 3 -o toe/new.sig ${url}.sig`,
      'gpgv --quiet --keyring /downloads/toe/key toe/new.sig toe/new',
      call,
      call,
      sha256,
      'run',
    ]);
  });

  test('a check runs the phase test, and a failure shows the end of the log', () => {
    const [, ran] = runIn(tree, [`${stubs({ curl: curl(toe), gpgv: '' })}\necho 1 >/codes`, run(check)]);
    expect(ran).toMatchObject({ status: 1, err: 'why\n' });
    expect(ran?.out).toContain('"phases":"test"');
  });

  test('AWSTOE that cannot be downloaded is named', () => {
    const [, ran] = runIn(tree, [stubs({ curl: 'exit 6', uname: 'echo x86_64' }), run()]);
    expect(ran?.status).toBe(1);
    expect(ran?.err).toContain('AWSTOE could not be downloaded');
    expect(ran?.err).toContain(url);
  });

  test('AWSTOE runs only if its signature is by the key, for its very bytes', () => {
    const get = (key?: string) =>
      `rm -rf /w; mkdir /w; cd /w || exit 9\nset -eu; AWS_SSM_REGION_NAME=eu-west-1\n${awstoeOnLinux(key)}\ntoe/awstoe`;
    const [, right, other, , changed, after] = runIn(tree, [
      stubs({ curl: curl('echo hello', signatureOfHello) }),
      get(testKey),
      get(),
      stubs({ curl: curl('echo hello; echo more', signatureOfHello) }),
      get(testKey),
      'ls /w/toe',
    ]);
    expect(right).toMatchObject({ status: 0, out: 'hello\n' });
    for (const refused of [other, changed]) {
      expect(refused).toMatchObject({ status: 1, out: '' });
      expect(refused?.err).toContain('AWSTOE is not signed by the key F6DDE01C869FD63915E55742DEBDC156F5AEBC52');
    }
    expect(after?.out.split('\n')).not.toContain('awstoe');
  });

  test('without a tool that checks signatures nothing is downloaded', () => {
    const [, ran, after] = runIn(tree, [
      `${stubs({ curl: curl(toe) })}\nrm -f "$(command -v gpgv)" "$(command -v gpg)"`,
      run(),
      'cat /calls',
    ]);
    expect(ran?.status).toBe(1);
    expect(ran?.err).toContain('component needs gpgv or gpg to check the signature of AWSTOE');
    expect(after?.out).not.toContain('curl');
  });
});
