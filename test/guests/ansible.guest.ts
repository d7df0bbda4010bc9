import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { packTar } from 'modern-tar';
import { provisionCommands } from '../../core/guest/command.ts';
import { carriedKey, carriedText } from '../../core/recipe/steps/carried.ts';
import type { Step } from '../../core/recipe/types.ts';
import { describeGuests, runIn, stubs } from './tree.ts';

const folder = await packTar(
  ['site.yml', 'requirements.yml', 'roles/web/tasks/main.yml'].map((name) => ({
    header: { name, size: 4, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 },
    body: '---\n',
  })),
);
const sha256 = createHash('sha256').update(folder).digest('hex');
const scripts = { [carriedKey('ansible')]: carriedText({ sha256, bytes: folder.length, folder: true }) };

function stepOf(ansible: Omit<NonNullable<Step['ansible']>, 'playbook'>): string {
  const step = { ansible: { playbook: 'ansible/site.yml', ...ansible }, timeout: '1h' };
  const [command] = provisionCommands([step], 'b', { windows: false }, scripts);
  return [
    'mkdir -p /downloads && cd /downloads || exit 9',
    `base64 -d <<'ARRIVED' >${sha256}`,
    Buffer.from(folder).toString('base64'),
    'ARRIVED',
    `sh -c ${JSON.stringify(command?.parameters['commandLine']?.[0])}`,
  ].join('\n');
}

/** What Ansible is called with, where it is called, and the variables in their file. */
const player = `case $* in *vars.json*) find . -type f | sort; cat "$(printf '%s\\n' "$@" | sed -n 's/^@//p')"; esac`;
/** A Python whose virtual environments hold programs that note their calls. */
const python = [
  'case "$*" in "-m venv "*) ;; *) exit 1 ;; esac',
  'mkdir -p "$3/bin"',
  `for name in pip python; do printf '#!/bin/bash\\necho "%s $*" | sed "s#/var[^ ]*/##g" >>/calls\\n[ ! -e /no-pypi ]\\n' "$name" >"$3/bin/$name"; chmod 755 "$3/bin/$name"; done`,
].join('\n');
const left = 'ls -d /var/lib/golden-* /downloads/tree 2>/dev/null; cat /calls';

describeGuests((tree) => {
  test('a playbook is played from its folder, with its variables in a file', () => {
    const extraVars = { port: 80, note: "it's ${HOME} {{ here }}\n", list: ['a'] };
    const [, ran, after] = runIn(tree, [
      stubs({ 'ansible-playbook': player, 'ansible-galaxy': '' }),
      stepOf({ extraVars, requirements: 'ansible/requirements.yml', installed: true }),
      left,
    ]);
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(ran?.out).toBe(`./requirements.yml\n./roles/web/tasks/main.yml\n./site.yml\n${JSON.stringify(extraVars)}`);
    expect(
      after?.out
        .replace(/\/var\/lib\/golden-step\.\w+/, 'WORK')
        .trim()
        .split('\n'),
    ).toEqual([
      'ansible-galaxy install -r requirements.yml',
      'ansible-playbook --connection local --inventory localhost, --extra-vars @WORK/vars.json site.yml',
    ]);
  });

  test('where the image has no Ansible, one is installed for the step alone', () => {
    const [, ran, after] = runIn(tree, [stubs({ python3: python }), stepOf({ version: '2.17' }), left]);
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(
      after?.out
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('python3 ')),
    ).toEqual([
      'pip --quiet --disable-pip-version-check --no-cache-dir install ansible-core==2.17.*',
      'python ansible-playbook --connection local --inventory localhost, --extra-vars @vars.json site.yml',
    ]);
  });

  test('an Ansible that is not there, and a package index that is not reached, are named, and nothing is left', () => {
    const [none, , unreached, after] = runIn(tree, [
      stepOf({ installed: true }),
      `${stubs({ python3: python })}\ntouch /no-pypi`,
      stepOf({}),
      left,
    ]);
    expect(none).toMatchObject({
      status: 1,
      err: 'this image has no ansible-playbook, and the recipe says installed: true\n',
    });
    expect(unreached?.status).toBe(1);
    expect(unreached?.err).toContain('the instance needs a way to PyPI');
    expect(after?.out).not.toMatch(/^\//m);
  });

  test('a playbook that fails fails the step', () => {
    const [, ran, after] = runIn(tree, [stubs({ 'ansible-playbook': 'exit 2' }), stepOf({ installed: true }), left]);
    expect(ran?.status).toBe(2);
    expect(after?.out.trim().split('\n')).toHaveLength(1);
  });
});
