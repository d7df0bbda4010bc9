import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { packTar } from 'modern-tar';
import { provisionCommands } from '../../core/guest/command.ts';
import { carriedKey, carriedText } from '../../core/recipe/steps/carried.ts';
import type { Step } from '../../core/recipe/types.ts';
import { describeGuests, runIn } from './tree.ts';

type Files = NonNullable<Step['files']>;

const file = (name: string, body: string, mode = 0o644) => ({
  header: { name, size: Buffer.byteLength(body), mode, mtime: new Date(0), uid: 0, gid: 0 },
  body,
});
const link = (name: string, linkname: string) => ({
  header: { name, linkname, type: 'symlink' as const, size: 0, mode: 0o777, mtime: new Date(0), uid: 0, gid: 0 },
});

const folder = await packTar([
  file('app.conf', 'port = {{ 80 }}\r\n'),
  file('bin/run', '#!/bin/sh\n', 0o755),
  link('bin/start', 'run'),
]);
const single = await packTar([file('motd', 'hello\n')]);

/** The command of a step, in the folder to which the agent has downloaded its object. */
function stepOf(files: Files, tar: Uint8Array, arrives: Uint8Array = tar): string {
  const sha256 = createHash('sha256').update(tar).digest('hex');
  const carried = carriedText({ sha256, bytes: tar.length, folder: tar === folder });
  const [command] = provisionCommands(
    [{ files, timeout: '1h' }],
    'b',
    { windows: false },
    { [carriedKey(files.from)]: carried },
  );
  return [
    'mkdir -p /downloads && cd /downloads || exit 9',
    `base64 -d <<'ARRIVED' >${sha256}`,
    Buffer.from(arrives).toString('base64'),
    'ARRIVED',
    `sh -c ${JSON.stringify(command?.parameters['commandLine']?.[0])}`,
  ].join('\n');
}

const listed = (path: string) =>
  `cd ${path} && find . ! -type d -printf '%P %m %u:%g %l\\n' | sort && find . -type d -printf '%P/ %m %u\\n' | sort`;

describeGuests((tree) => {
  test('a folder comes to its place with owner and mode, and what is there stays as it was', () => {
    const [, ran, after, content, links] = runIn(tree, [
      'mkdir -p /srv/real /etc/app && chmod 711 /etc/app && echo old >/etc/app/app.conf && echo mine >/etc/app/other && ln -s /srv/real /etc/app/bin',
      stepOf({ from: 'files/app', to: '/etc/app', owner: 'games:mail', mode: '0640' }, folder),
      listed('/etc/app'),
      'cat /etc/app/app.conf; ls -A /downloads',
      'cat /srv/real/start; readlink /srv/real/start',
    ]);
    expect(ran).toEqual({ status: 0, out: '3 files in /etc/app\n', err: '' });
    expect(after?.out).toBe(
      ['app.conf 640 games:mail ', 'bin 777 root:root /srv/real', 'other 644 root:root ', '/ 711 root', ''].join('\n'),
    );
    expect(content?.out).toBe('port = {{ 80 }}\r\nrun\n');
    expect(links?.out).toBe('#!/bin/sh\nrun\n');
  });

  test('folders that the step makes belong to the owner, and a file beside the recipe stays executable', () => {
    const [ran, after] = runIn(tree, [
      stepOf({ from: 'files/app', to: "/opt/a b's/app", owner: 'games' }, folder),
      listed(`"/opt/a b's/app"`),
    ]);
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(after?.out).toBe(
      [
        'app.conf 644 games:root ',
        'bin/run 755 games:root ',
        'bin/start 777 games:root run',
        '/ 755 games',
        'bin/ 755 games',
        '',
      ].join('\n'),
    );
  });

  test('a file gets the path that the step says, or keeps its name in a folder', () => {
    const [one, other, after] = runIn(tree, [
      stepOf({ from: 'files/motd', to: '/etc/motd.d/welcome' }, single),
      stepOf({ from: 'files/motd', to: '/srv/' }, single),
      'cat /etc/motd.d/welcome /srv/motd',
    ]);
    expect([one?.status, other?.status]).toEqual([0, 0]);
    expect(after?.out).toBe('hello\nhello\n');
  });

  test('files with another digest are not unpacked', () => {
    const [ran, after] = runIn(tree, [stepOf({ from: 'files/motd', to: '/srv/motd' }, single, folder), 'ls /srv']);
    expect(ran?.status).toBe(1);
    expect(ran?.err).toContain('the files that arrived are not those of the recipe');
    expect(after?.out).toBe('');
  });

  test('an owner who is not there and a missing tool are named', () => {
    const [unknown, , without] = runIn(tree, [
      stepOf({ from: 'files/motd', to: '/srv/motd', owner: 'nobody-here' }, single),
      'rm "$(command -v tar)"',
      stepOf({ from: 'files/motd', to: '/srv/motd' }, single),
    ]);
    expect(unknown?.err).toContain('nobody-here');
    expect(unknown?.status).toBe(1);
    expect(without).toMatchObject({
      status: 1,
      err: 'files needs tar, which this image does not have; install it in an earlier step\n',
    });
  });
});
