import { DescribeInstancesCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { type Command, ListCommandsCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { compileRecipes } from '../../scripts/deployment-files.ts';
import { bakeOnMoto, expectPublished, motoRecipe } from './bakes.ts';
import { tagsOfImage } from './estate.ts';
import { motoHome, openLab, type Lab } from './lab.ts';
import { refusedCalls } from './roles.ts';

// Recipes that say more than motoRecipe does. They are compiled from a folder with their files, as a deployment does.
const home = { distribute: [{ region: motoHome }] };
const recipes = [
  motoRecipe('configured', {
    ...home,
    parameters: { release: { default: '1.1' } },
    env: { HTTPS_PROXY: 'http://proxy.example.com:3128' },
    provision: [
      { name: 'config', files: { from: 'files/app', to: '/etc/app', mode: '0640' } },
      { name: 'release', run: 'echo ${{ parameters.release }} >/etc/release' },
    ],
  }),
  motoRecipe('registered', { ...home, image: { register: true } }),
];

let lab: Lab;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-moto-recipes-'));
  await mkdir(join(folder, 'recipes/files/app'), { recursive: true });
  await writeFile(join(folder, 'recipes/files/app/app.conf'), 'port = 8080\n');
  for (const recipe of recipes) await writeFile(join(folder, `recipes/${recipe.name}.yaml`), JSON.stringify(recipe));
  await compileRecipes(join(folder, 'dist'), join(folder, 'recipes'));
  lab = await openLab({ catalog: join(folder, 'dist/resolve/recipes.json') });
});
afterAll(async () => {
  await lab.stop();
  await rm(folder, { recursive: true });
});

/** The commands that SSM got for a recipe's instances, with their parameters. */
async function commandsOf(recipe: string) {
  const Filters = [{ Name: 'tag:golden:recipe', Values: [recipe] }];
  const { Reservations = [] } = await lab.ec2(motoHome).send(new DescribeInstancesCommand({ Filters }));
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId = '' }) => InstanceId));
  const lists = await Promise.all(
    instances.map((InstanceId) => lab.ssm(motoHome).send(new ListCommandsCommand({ InstanceId }))),
  );
  return lists.flatMap(({ Commands = [] }) => Commands);
}

/** The scripts that a command unpacks on its instance: that of the step, and what comes before it. */
function scriptsIn({ Parameters }: Command): string {
  const lines = Parameters?.['commands'] ?? [];
  const packed = lines.join('\n').matchAll(/<<'PACKED'.*\n([^]*?)\nPACKED/g);
  return [...packed].map(([, text = '']) => gunzipSync(Buffer.from(text, 'base64')).toString()).join('\n');
}

test.concurrent('files come through the bucket, and env and parameters into the commands that SSM gets', async () => {
  const input = { recipe: 'configured', parameters: { release: '1.2' } };
  await expectPublished(lab, 'configured', await bakeOnMoto(lab, 'configured', input), [motoHome]);

  const archives = join(folder, 'dist/resolve/archives');
  const [digest = ''] = await readdir(archives);
  const stored = (await lab.artifact(`assets/${digest}`)) ?? '';
  expect(stored).toContain('port = 8080');
  expect(stored).toBe((await readFile(join(archives, digest))).toString());

  const commands = await commandsOf('configured');
  const remote = commands.filter(({ DocumentName }) => DocumentName === 'AWS-RunRemoteScript');
  expect(remote.map(({ Parameters }) => Parameters?.['sourceInfo'])).toEqual([
    [expect.stringContaining(`/assets/${digest}"`)],
  ]);
  const scripts = commands.map(scriptsIn).filter((text) => text.includes('echo 1.2 >/etc/release'));
  expect(scripts).toEqual([expect.stringContaining('http://proxy.example.com:3128')]);
});

test.concurrent('an image is registered from the snapshots of its builder, and has these disks', async () => {
  const baked = await bakeOnMoto(lab, 'registered', { recipe: 'registered' });
  const { images } = await expectPublished(lab, 'registered', baked, [motoHome]);
  for (const state of ['CreateSnapshots', 'RegisterImage']) expect(baked.entered).toContain(state);
  expect(baked.entered).not.toContain('CreateImage');
  const Filters = [{ Name: 'tag:golden:recipe', Values: ['registered'] }];
  const { Snapshots = [] } = await lab.ec2(motoHome).send(new DescribeSnapshotsCommand({ Filters }));
  const made = Snapshots.map(({ SnapshotId, VolumeSize }) => `/dev/xvda=${SnapshotId}=${VolumeSize}=`);
  expect(made).toHaveLength(1);
  expect(tagsOfImage(images[motoHome]?.[0] ?? {})['layer:disks']).toMatch(new RegExp(`^${made[0]}`));
});

test('no function made a call that its role does not allow', () => {
  expect(refusedCalls(lab)).toEqual([]);
  expect([...lab.layer.seen.keys()]).toEqual(
    expect.arrayContaining(['createSnapshots', 'awaitSnapshots', 'registerImage']),
  );
});
