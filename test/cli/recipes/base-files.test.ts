import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { golden } from '../../../cli/golden.ts';
import { readRecipeFile } from '../../../cli/recipes/recipe-file.ts';
import { readRecipeFolder } from '../../../cli/recipes/recipe-folder.ts';
import type { Manifest } from '../../../core/build/manifest.ts';
import { requestedBuild } from '../../../core/start/execution-input.ts';
import { execution } from '../../support/plan.ts';
import { recordingTerminal } from '../recording-terminal.ts';

const files = {
  'bases/common.yaml': `name: common
source: { ami: ami-0123456789abcdef0, owner: self }
builder: { instanceTypes: [t3.small, t3a.small], rootVolume: { sizeGiB: 8 } }
image: { tags: { team: platform, tier: low } }
distribute: [{ region: us-east-1 }]
`,
  'bases/linux.yaml': `extends: common.yaml
parameters:
  packages: { default: git }
provision:
  - name: harden
    script: scripts/harden.sh
  - name: install
    run: dnf -y install \${{ parameters.packages }}
publish: { channel: stable }
`,
  'bases/scripts/harden.sh': 'echo harden\n',
  'web.yaml': `name: web
extends: bases/linux.yaml
description: web servers
builder: { rootVolume: { sizeGiB: 20 }, instanceTypes: [t3.large] }
image: { tags: { tier: null } }
publish: null
`,
  '_half.yaml': `extends: bases/common.yaml
provision: [{ name: motd, run: 'echo \${{ parameters.of-the-child }}' }]
`,
  'half.yaml': `name: half
extends: _half.yaml
parameters: { of-the-child: { default: hello } }
`,
};
let root = '';
let folder = '';
async function folderWith(more: Record<string, string>, at: string): Promise<string> {
  const made = join(root, at);
  for (const [path, text] of Object.entries({ ...files, ...more })) {
    await mkdir(dirname(join(made, path)), { recursive: true });
    await writeFile(join(made, path), text);
  }
  return made;
}
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'golden-bases-'));
  folder = await folderWith({}, 'right');
});
afterAll(() => rm(root, { recursive: true }));

async function run(at: string, ...args: string[]) {
  const { terminal, out, err } = recordingTerminal();
  const exitCode = await golden(args, terminal);
  const short = (text: string) => text.replaceAll(`${at}/`, '');
  return { exitCode, out: short(out()), err: short(err()) };
}

test('a recipe takes over the keys of its base and of the base of that', async () => {
  const { document, problems, scripts } = await readRecipeFile(join(folder, 'web.yaml'));
  expect(problems).toEqual([]);
  expect(document).toEqual({
    name: 'web',
    description: 'web servers',
    source: { ami: 'ami-0123456789abcdef0', owner: 'self' },
    builder: { instanceTypes: ['t3.large'], rootVolume: { sizeGiB: 20 } },
    image: { tags: { team: 'platform' } },
    distribute: [{ region: 'us-east-1' }],
    parameters: { packages: { default: 'git' } },
    provision: [
      { name: 'harden', script: 'bases/scripts/harden.sh' },
      { name: 'install', run: 'dnf -y install ${{ parameters.packages }}' },
    ],
  });
  expect(scripts).toEqual({ 'bases/scripts/harden.sh': 'echo harden\n' });
});

test('only recipes are deployed: no file of a folder below, and none that begins with an underscore', async () => {
  const { catalog, problems } = await readRecipeFolder(folder, { home: 'us-east-1' });
  expect(problems).toEqual([]);
  expect(Object.keys(catalog.recipes)).toEqual(['half', 'web']);
  expect(JSON.stringify(catalog.recipes)).not.toContain('extends');
});

test('validate judges a base by the keys that it has', async () => {
  expect(await run(folder, 'validate', join(folder, '_half.yaml'), join(folder, 'half.yaml'))).toEqual({
    exitCode: 0,
    out: '_half.yaml: ok\nhalf.yaml: ok\n',
    err: '',
  });
  const wrong = await folderWith({ '_half.yaml': 'builder: { rootVolume: { sizeGB: 8 } }\n' }, 'wrong-base');
  expect(await run(wrong, 'validate', join(wrong, '_half.yaml'))).toMatchObject({
    exitCode: 2,
    err: '_half.yaml:1:26 builder.rootVolume.sizeGB: is not a key here; did you mean sizeGiB?\n',
  });
});

test('a problem is told where the value stands, in whichever file', async () => {
  const wrong = await folderWith(
    {
      'bases/common.yaml': files['bases/common.yaml']
        .replace('t3.small,', 'small,')
        .replace('sizeGiB: 8', 'sizeGiB: x'),
      'bases/linux.yaml': files['bases/linux.yaml'].replace('scripts/harden.sh', 'scripts/absent.sh'),
      'web.yaml':
        'name: web\nextends: bases/linux.yaml\nimage: { tags: { "aws:x": y } }\nbuilder: { rootVolume: { sizeGiB: 9 } }\n',
    },
    'wrong-values',
  );
  const { err } = await run(wrong, 'validate', join(wrong, 'web.yaml'), '--region', 'us-east-1');
  expect(err.split('\n').map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'web.yaml:3:18 image.tags.aws:x:',
    'bases/common.yaml:3:28 builder.instanceTypes[0]:',
    'bases/linux.yaml:6:5 provision[0].script:',
    '',
  ]);
});

test.each<[string, Record<string, string>, string]>([
  [
    'a file that is not there',
    { 'web.yaml': 'name: web\nextends: bases/absent.yaml\n' },
    'web.yaml:2:1 extends: there is no bases/absent.yaml below this file',
  ],
  [
    'a file outside the folder',
    { 'web.yaml': 'name: web\nextends: ../x.yaml\n' },
    'web.yaml:2:1 extends: must be the path of a .yaml file below',
  ],
  [
    'a link that leads outside',
    { 'web.yaml': 'name: web\nextends: bases/link.yaml\n' },
    "web.yaml:2:1 extends: bases/link.yaml leads out of the recipe's folder",
  ],
  [
    'no path',
    { 'web.yaml': 'name: web\nextends: [a.yaml]\n' },
    'web.yaml:2:1 extends: must be the path of a .yaml file below',
  ],
  [
    'a script',
    { 'web.yaml': 'name: web\nextends: bases/scripts/harden.sh\n' },
    'web.yaml:2:1 extends: must be the path of a .yaml file below',
  ],
  [
    'itself',
    { 'web.yaml': 'name: web\nextends: web.yaml\n' },
    'web.yaml:2:1 extends: web.yaml extends this file in turn',
  ],
  [
    'a ring',
    { 'bases/common.yaml': 'extends: linux.yaml\n' },
    'bases/common.yaml:1:1 extends: linux.yaml extends this file in turn',
  ],
  [
    'a long chain',
    Object.fromEntries([
      ['web.yaml', 'name: web\nextends: b0.yaml\n'],
      ...Array.from({ length: 9 }, (_, at) => [`b${at}.yaml`, `extends: b${at + 1}.yaml\n`]),
    ]) as Record<string, string>,
    'b7.yaml:1:1 extends: is the 9th file of a chain, and 8 is the most',
  ],
  ['a base that is no YAML', { 'bases/common.yaml': 'a: [\n' }, 'bases/common.yaml:2:1: is not YAML a recipe can be'],
  [
    'a base that is a list',
    { 'bases/common.yaml': '- a\n' },
    'bases/common.yaml:1:1: must be a map of the keys of a recipe',
  ],
  [
    'a key twice in a base',
    { 'bases/common.yaml': `${files['bases/common.yaml']}name: x\n` },
    'bases/common.yaml:6:1: this key is here twice',
  ],
  ['no name of its own', { 'web.yaml': 'extends: bases/common.yaml\n' }, 'web.yaml:1:1 name: is required'],
])('extends is refused with %s', async (what, more, message) => {
  const at = await folderWith(more, `refused ${what}`);
  await symlink(join(folder, 'bases/common.yaml'), join(at, 'bases/link.yaml'));
  const { exitCode, err } = await run(at, 'validate', join(at, 'web.yaml'), '--region', 'us-east-1');
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining(message) });
});

test('a document in an execution input has no files, so extends is refused there', () => {
  const input = { recipe: { name: 'web', extends: 'bases/linux.yaml' } };
  const found = requestedBuild(input, execution, { recipes: {}, scripts: {}, version: '1' });
  expect('problems' in found && found.problems).toContainEqual({
    path: ['extends'],
    message: 'works in recipe files only: golden puts the files together before it sends or deploys them',
  });
});

test('a simulation builds what the files are together', async () => {
  const { exitCode, out } = await run(
    folder,
    'simulate',
    join(folder, 'half.yaml'),
    '--out',
    join(root, 'out'),
    '--json',
    '--override',
    'source={ ami: null, parameter: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64, owner: amazon }',
  );
  expect({ exitCode, manifest: JSON.parse(out) as Manifest }).toMatchObject({
    exitCode: 0,
    manifest: { status: 'published' },
  });
});

test('render prints the recipe that a start would build', async () => {
  const file = join(folder, 'web.yaml');
  const { exitCode, out } = await run(
    folder,
    'render',
    file,
    '--var',
    'packages=nginx',
    '--override',
    'description=on ${{ date }}',
  );
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^name: web\ndescription: on \$\{\{ date \}\}\nsource:\n/);
  expect(out).toContain('    run: dnf -y install nginx\n');
  expect(out).not.toMatch(/extends|parameters|timeout/);
  const whole = await run(folder, 'render', file, '--defaults', '--json', '--override', 'description=on ${{ date }}');
  expect(JSON.parse(whole.out)).toMatchObject({
    name: 'web',
    description: 'on ${{ date }}',
    builder: { subnets: [], rootVolume: { sizeGiB: 20, type: 'gp3' } },
    provision: [{ timeout: '1h' }, { run: 'dnf -y install git' }],
    onFailure: 'remove',
  });
});

test('render refuses what a start would refuse, at its place', async () => {
  const file = join(folder, 'web.yaml');
  expect(
    await run(folder, 'render', file, '--var', 'packages=a b', '--override', 'builder.rootVolume.sizeGiB=x'),
  ).toMatchObject({
    exitCode: 2,
    out: '',
    err: expect.stringMatching(
      /^--var packages: may have letters(.*\n)*--override builder.rootVolume.sizeGiB: must be a number/m,
    ),
  });
  expect(await run(folder, 'render', join(folder, 'none.yaml'), '--json')).toMatchObject({
    exitCode: 2,
    out: expect.stringContaining('"status":"refused"'),
  });
});
