import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { packTar } from 'modern-tar';
import { checkCommands, provisionCommands } from '../../core/guest/command.ts';
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

/** A download of a program that stands for AWSTOE. It notes its call, and ends with the next code of /codes. */
const curl = (program: string) =>
  `while [ "$1" != -o ]; do shift; done\ncat >"$2" <<'TOE'\n#!/bin/bash\n${program}\nTOE`;
const toe = `echo "awstoe $*" | sed 's#/downloads/#./#g' >>/calls; cat toe/config.json tree/agent.yml; mkdir -p toe/logs/TOE_1; echo why >toe/logs/TOE_1/console.log
code=$(sed -n 1p /codes); sed -i 1d /codes; exit "$code"`;
const url = 'https://awstoe-eu-west-1.s3.eu-west-1.amazonaws.com/latest/linux/amd64/awstoe';

describeGuests((tree) => {
  test('a component runs its phases with its parameters, and goes on after a reboot', () => {
    const [, first, second, after] = runIn(tree, [
      `${stubs({ curl: curl(toe), uname: 'echo x86_64' })}\nprintf '194\\n0\\n' >/codes`,
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
    expect(after?.out.trim().split('\n')).toEqual([`curl -fsSL --retry 3 -o awstoe ${url}`, call, call, sha256, 'run']);
  });

  test('a check runs the phase test, and a failure shows the end of the log', () => {
    const [, ran] = runIn(tree, [`${stubs({ curl: curl(toe) })}\necho 1 >/codes`, run(check)]);
    expect(ran).toMatchObject({ status: 1, err: 'why\n' });
    expect(ran?.out).toContain('"phases":"test"');
  });

  test('AWSTOE that cannot be downloaded is named', () => {
    const [, ran] = runIn(tree, [stubs({ curl: 'exit 6', uname: 'echo x86_64' }), run()]);
    expect(ran?.status).toBe(1);
    expect(ran?.err).toContain('AWSTOE could not be downloaded');
    expect(ran?.err).toContain(url);
  });
});
