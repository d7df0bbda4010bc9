import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unpackTar } from 'modern-tar';
import { readCarried } from '../../../cli/recipes/carried-files.ts';
import { validateFiles } from '../../../cli/recipes/validate.ts';
import { carriedAt } from '../../../core/recipe/steps/carried.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'golden-carried-'));
});
afterAll(() => rm(root, { recursive: true }));

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(root, 'case-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

const carrying = (...froms: string[]) => ({
  provision: froms.map((from) => ({ files: { from, to: '/srv/app' } })),
});

const site = { 'files/site/index.html': 'hello\n', 'files/site/css/a.css': 'a{}\r\n', 'files/site/run': '#!/bin/sh\n' };

async function packed(folder: string, from: string) {
  const { scripts, archives, problems } = await readCarried(folder, carrying(from));
  expect(problems).toEqual([]);
  const carried = carriedAt(from, scripts);
  return { carried, entries: await unpackTar(archives.get(carried?.sha256 ?? '') ?? new Uint8Array()) };
}

test('a folder becomes one archive with every file by its path, and only whether it is executable', async () => {
  const folder = await folderWith({
    ...site,
    'files/site/.hidden': '1',
    'files/site/.DS_Store': '2',
    'files/site/.git/HEAD': '3',
  });
  await chmod(join(folder, 'files/site/run'), 0o711);
  await chmod(join(folder, 'files/site/index.html'), 0o600);
  await symlink('css/a.css', join(folder, 'files/site/style'));
  const { carried, entries } = await packed(folder, 'files/site');
  expect(carried).toMatchObject({ folder: true });
  expect(entries.map(({ header: { name, mode, type, linkname } }) => [name, mode, type, linkname])).toEqual([
    ['.hidden', 0o644, 'file', ''],
    ['css/a.css', 0o644, 'file', ''],
    ['index.html', 0o644, 'file', ''],
    ['run', 0o755, 'file', ''],
    ['style', 0o777, 'symlink', 'css/a.css'],
  ]);
  expect(Buffer.from(entries[1]?.data ?? []).toString()).toBe('a{}\r\n');
});

test('a file becomes an archive of one file', async () => {
  const { carried, entries } = await packed(await folderWith({ 'files/app.conf': 'x' }), 'files/app.conf');
  expect(carried).toMatchObject({ folder: false });
  expect(entries.map(({ header }) => header.name)).toEqual(['app.conf']);
});

test('the digest is that of the content: the same for other times and modes, and in every version of this program', async () => {
  const [one, other] = [await folderWith(site), await folderWith(site)];
  await utimes(join(other, 'files/site/index.html'), 1, 1);
  await chmod(join(other, 'files/site/index.html'), 0o664);
  const digests = await Promise.all(
    [one, other].map(async (folder) => (await packed(folder, 'files/site')).carried?.sha256),
  );
  // Another digest would make the images of all recipes with files out of date.
  expect(digests).toEqual(Array(2).fill('831d689d63b01fd2639fb3d2edfc775b5697656d860bbab88d9552389e751c5c'));
  await writeFile(join(other, 'files/site/index.html'), 'hello!\n');
  expect((await packed(other, 'files/site')).carried?.sha256).not.toBe(digests[0]);
});

test('a long path and a name that is not ASCII arrive', async () => {
  const long = `files/${'folder'.repeat(20)}/${'name'.repeat(30)}`;
  const folder = await folderWith({ [`${long}/größe.txt`]: 'x' });
  const { entries } = await packed(folder, 'files');
  expect(entries.map(({ header }) => `files/${header.name}`)).toEqual([`${long}/größe.txt`]);
});

const recipe = (provision: string) => `name: base
source: { ami: ami-0123456789abcdef0, owner: self }
builder: { instanceTypes: [t3.small] }
provision:
${provision}
distribute:
  - region: us-east-1
`;

test('everything that cannot be carried is refused at once, each at its place', async () => {
  const folder = await folderWith({
    ...site,
    'secret.txt': 'nobody may see it',
    'files/odd/a\\b': '',
    'files/out/a': '',
    'files/link/a': '',
    'files/absolute/a': '',
    'files/dead/a': '',
    'files/pipe/a': '',
    'files/big/a': '',
  });
  await symlink('../../secret.txt', join(folder, 'files/out/b'));
  await symlink('../site/index.html', join(folder, 'files/link/b'));
  await symlink(join(folder, 'files/absolute/a'), join(folder, 'files/absolute/b'));
  await symlink('nothing', join(folder, 'files/dead/b'));
  await symlink('/etc', join(folder, 'files/etc'));
  await truncate(join(folder, 'files/big/a'), 100_000_001);
  await mkdir(join(folder, 'files/empty/empty'), { recursive: true });
  spawnSync('mkfifo', [join(folder, 'files/pipe/b')]);
  const names = ['none', 'out', 'link', 'absolute', 'dead', 'etc', 'big', 'empty', 'pipe', 'odd', 'site'];
  const steps = names.map((name) => `  - files: { from: files/${name}, to: /srv/app }`);
  const file = join(folder, 'base.yaml');
  await writeFile(
    file,
    recipe(
      [
        ...steps,
        '  - files: { from: ../files, to: /srv }',
        '  - files: { from: files/site, to: srv }',
        '  - files: { from: files/site, to: "C:\\\\app", mode: "0644" }',
        '  - files: { from: files/site, to: /srv/../etc, mode: 0644, owner: "a b" }',
      ].join('\n'),
    ),
  );
  const { text } = await validateFiles([file]);
  const said = text
    .replaceAll(`${folder}/`, '')
    .split('\n')
    .map((line) => line.replace(/^base.yaml:\d+:\d+ /, ''));
  expect(said.filter((line) => line.startsWith('provision'))).toEqual([
    "provision[0].files.from: there is no files/none below the recipe's folder; did you mean files/site?",
    'provision[1].files.from: files/out/b is a link to ../../secret.txt, which leads out of the folder',
    'provision[2].files.from: files/link/b is a link to ../site/index.html, which leads out of the folder',
    'provision[3].files.from: files/absolute/b is a link to files/absolute/a, which leads out of the folder',
    'provision[4].files.from: files/dead/b is a link to nothing, which does not exist',
    "provision[5].files.from: files/etc leads out of the recipe's folder, to /etc",
    'provision[6].files.from: files/big has more than 100 MB',
    'provision[7].files.from: files/empty has no files',
    'provision[8].files.from: files/pipe/b is no file, folder or link',
    String.raw`provision[9].files.from: files/odd/a\b has a name with a backslash or a character that cannot be printed`,
    `provision[11].files.from: must be a path below the recipe's folder such as files/nginx, without ./, ../ or a leading /, got "../files"`,
    String.raw`provision[12].files.to: must be a whole path such as /etc/nginx or C:\app, without ./ and ../, got "srv"`,
    'provision[13].files: is for Windows, but provision[0] is for Linux; a builder is one operating system',
    String.raw`provision[13].files.mode: is for Linux, and C:\app is a path of Windows; set permissions by icacls in a step`,
    String.raw`provision[14].files.to: must be a whole path such as /etc/nginx or C:\app, without ./ and ../, got "/srv/../etc"`,
    'provision[14].files.mode: must be text, got the number 644; put it in quotes',
    'provision[14].files.owner: must be a user such as nginx, or a user and a group such as root:adm, got "a b"',
  ]);
});

test('a component document is read with the archive of its file, and one that is no YAML is refused', async () => {
  const folder = await folderWith({
    'components/a.yml': 'schemaVersion: 1.0\nphases: []\n',
    'components/b.yml': 'phases: [\n',
    'components/c.yml': `${'a: '.repeat(3)}&x [*x]\n`,
  });
  const document = {
    provision: [{ component: { file: 'components/a.yml' } }],
    checks: ['b', 'c'].map((name) => ({ component: { file: `components/${name}.yml` } })),
  };
  const { scripts, problems } = await readCarried(folder, document);
  expect(carriedAt('components/a.yml', scripts)).toMatchObject({ component: { schemaVersion: 1, phases: [] } });
  expect(problems.map(({ path, message }) => [path.join('.'), message.split(':')[0]])).toEqual([
    ['checks.0.component.file', 'components/b.yml cannot be read'],
    ['checks.1.component.file', 'components/c.yml cannot be read'],
  ]);
});
