import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { packTar } from 'modern-tar';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { provisionCommands } from '../../core/guest/command.ts';
import { carriedKey, carriedText } from '../../core/recipe/steps/carried.ts';
import type { Step } from '../../core/recipe/types.ts';
import { describeGuests, runIn, stubs } from './tree.ts';

const archiveOf = (files: Record<string, string | Uint8Array>) =>
  packTar(
    Object.entries(files).map(([name, text]) => {
      const body = Buffer.from(text);
      return { header: { name, size: body.length, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }, body };
    }),
  );
const folder = await archiveOf({
  'site.yml': '---\n',
  'requirements.yml': '---\n',
  'roles/web/tasks/main.yml': '---\n',
});

/** A playbook with a role, a role of its requirements, variables of a group and a template. */
const site = await archiveOf({
  'site.yml': `- hosts: all
  roles: [motd, greet]
  tasks:
    - ansible.builtin.copy:
        dest: /srv/played
        content: "{{ greeting }} {{ number + 1 }} {{ list | join('+') }} {{ group }}\\n"
        mode: '0600'
    - ansible.builtin.command: test -w /etc
      changed_when: false
`,
  'group_vars/all.yml': 'group: of all\n',
  'roles/motd/tasks/main.yml': '- ansible.builtin.template: { src: motd.j2, dest: /srv/motd }\n',
  'roles/motd/templates/motd.j2': 'on {{ ansible_facts.system }}: {{ greeting }}\n',
  'requirements.yml': 'roles: [{ name: greet, src: greet.tar.gz }]\n',
  'greet.tar.gz': gzipSync(
    await archiveOf({
      'greet/meta/main.yml': 'galaxy_info: {}\ndependencies: []\n',
      'greet/tasks/main.yml': '- ansible.builtin.copy: { content: "greeted\\n", dest: /srv/greeted }\n',
    }),
  ),
});

function stepOf(ansible: Omit<NonNullable<Step['ansible']>, 'playbook'>, archive = folder): string {
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const scripts = { [carriedKey('ansible')]: carriedText({ sha256, bytes: archive.length, folder: true }) };
  const step = { ansible: { playbook: 'ansible/site.yml', ...ansible }, timeout: '1h' };
  const [command] = provisionCommands([step], 'b', { windows: false }, scripts);
  return [
    'mkdir -p /downloads && cd /downloads || exit 9',
    `base64 -d <<'ARRIVED' >${sha256}`,
    Buffer.from(archive).toString('base64'),
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
/** Packages with the name and form of Ansible's, which say their version and their call. */
const wheel = `import zipfile
for version in ('2.16.1', '2.17.2', '2.17.9', '2.18.1'):
    name = f'ansible_core-{version}'
    with zipfile.ZipFile(f'/wheels/{name}-py3-none-any.whl', 'w') as file:
        file.writestr('said.py', f'import sys\\ndef main(): print("ansible-playbook {version}", *sys.argv[1:5])\\n')
        for part, text in {
            'METADATA': f'Metadata-Version: 2.1\\nName: ansible-core\\nVersion: {version}\\n',
            'WHEEL': 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
            'entry_points.txt': '[console_scripts]\\nansible-playbook = said:main\\n',
            'RECORD': '',
        }.items():
            file.writestr(f'{name}.dist-info/{part}', text)
`;
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
    const [, none, , unreached, after] = runIn(tree, [
      'rm -f /usr/bin/ansible*',
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

  const hasAnsible = existsSync(join(tree, 'usr/bin/ansible-playbook'));
  const remains = 'ls -d /var/lib/golden-* /downloads/tree /root/.ansible /.ansible 2>/dev/null';

  (hasAnsible ? describe : describe.skip)('with Ansible itself', () => {
    test('a playbook is played with roles, requirements, templates and variables', () => {
      const extraVars = { greeting: "it's ${HOME}", number: 4, list: ['a', 'b'] };
      const requirements = 'ansible/requirements.yml';
      const [, played, files, wrong, after] = runIn(tree, [
        'mkdir -p /srv /dev/shm && chmod 1777 /dev/shm',
        stepOf({ extraVars, requirements }, site),
        'cat /srv/played /srv/motd /srv/greeted; stat -c %a /srv/played',
        stepOf({ extraVars: { ...extraVars, number: 'four' }, requirements }, site),
        remains,
      ]);
      expect(played).toMatchObject({ status: 0, out: expect.stringMatching(/failed=0/) });
      expect(files?.out).toBe("it's ${HOME} 5 a+b of all\non Linux: it's ${HOME}\ngreeted\n600\n");
      expect(wrong).toMatchObject({ status: 2, out: expect.stringMatching(/fatal: [^]*failed=1/) });
      expect(after?.out).toBe('');
    });

    test('pip installs the newest Ansible of a version into an environment of its own', () => {
      const [wheels, ran, after] = runIn(tree, [
        `mkdir /wheels && printf '[global]\\nno-index = true\\nfind-links = /wheels\\n' >/etc/pip.conf && python3 - <<'PY'\n${wheel}PY`,
        stepOf({ version: '2.17' }),
        `${remains}; ansible-playbook --version | head -n 1`,
      ]);
      expect(wheels).toMatchObject({ status: 0, err: '' });
      expect(ran).toMatchObject({
        status: 0,
        err: '',
        out: 'ansible-playbook 2.17.9 --connection local --inventory localhost,\n',
      });
      expect(after?.out).toMatch(/^ansible-playbook \[core [^\n]+\n$/);
    });
  });
});
