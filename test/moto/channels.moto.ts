import { DescribeImagesCommand, type Image } from '@aws-sdk/client-ec2';
import { ListRetirableGrantsCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../core/build/manifest.ts';
import type { Clients } from './accounts.ts';
import { motoRecipe } from './bakes.ts';
import { estateOf, imageSharing, motoRegions, parameterIn, tagsOfImage } from './estate.ts';
import { motoHome, openLab, type Lab } from './lab.ts';
import { refusedCalls } from './roles.ts';
import { motoAccount } from './wire.ts';

// The life of one published recipe, from its plan on: who may use it, where it is, in which accounts it has copies, what its channels
// hold. Each test goes on with what the test before left in moto, so that few builds are needed.
const name = 'fleet';
const [tenant, other] = ['111122223333', '444455556666'];
const home = { region: motoHome, accounts: [tenant] };
const [spoke, later] = ['777788889999', '333344445555'];
const copyTo = [{ account: spoke, kmsKey: 'alias/theirs', accounts: [other], publish: true }];
const away = { region: 'eu-west-1', kmsKey: 'alias/golden-eu', accounts: [tenant], copyTo };
const stage = ['--stage', 'fleet'];

let lab: Lab;
let folder: string;
let there: Clients;
let thereLater: Clients;
const builds: string[] = [];

/** Deploys the recipe with other targets. */
async function deployRecipe(distribute: object[]): Promise<void> {
  const catalog = { recipes: { [name]: motoRecipe(name, { distribute }) }, scripts: {}, version: '1.0.0' };
  await writeFile(join(folder, 'recipes.json'), JSON.stringify(catalog));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-moto-channels-'));
  lab = await openLab({ catalog: join(folder, 'recipes.json') });
  await deployRecipe([home, away]);
  there = await lab.makeCopyTarget(spoke);
  thereLater = await lab.makeCopyTarget(later, 'golden-42');
  for (const machine of ['build-image', 'plan-build', 'share-image', 'move-channel'] as const)
    await lab.deploy('fleet', { machine });
});
afterAll(async () => {
  await lab.stop();
  await rm(folder, { recursive: true });
});

const golden = <T>(...args: string[]): Promise<T> => lab.goldenJson(...args, ...stage);

const imagesOf = async () => (await estateOf(lab, name)).images;

/** Who may use the image of a build in each region, as moto has it. */
async function users(build: string): Promise<Record<string, unknown>> {
  const found = Object.entries(await imagesOf()).flatMap(([region, images]) =>
    images.filter(({ Name }) => Name === `${name}-${build}`).map((image) => ({ region, image })),
  );
  const shared = found.map(async ({ region, image }) => [region, await imageSharing(lab, region, image)] as const);
  return Object.fromEntries(await Promise.all(shared));
}

/** The build that a channel holds in each region; undefined where it has no parameter. */
async function held(channel: string): Promise<Record<string, string | undefined>> {
  const images = await imagesOf();
  const values = Object.entries(await parameterIn(lab, `/golden/${name}/${channel}`));
  return Object.fromEntries(
    values.flatMap(([region, value]) => {
      const ami = value?.replace('aws:ec2:image ', '');
      const image = images[region]?.find(({ ImageId }) => ImageId === ami);
      return value === undefined ? [] : [[region, image?.Name?.slice(name.length + 1) ?? value]];
    }),
  );
}

/** The copies that another account owns, in one region. */
async function copiesIn(clients: Clients, region: string): Promise<Record<string, Image>> {
  const { Images = [] } = await clients.ec2(region).send(new DescribeImagesCommand({ Owners: ['self'] }));
  return Object.fromEntries(Images.map((image) => [image.Name?.slice(name.length + 1) ?? '', image]));
}

/** The build that a channel's parameter in the spoke points at. */
async function heldInSpoke(channel: string): Promise<string | undefined> {
  const ami = (await parameterIn(there, `/golden/${name}/${channel}`))['eu-west-1']?.replace('aws:ec2:image ', '');
  const copies = Object.entries(await copiesIn(there, 'eu-west-1'));
  return copies.find(([, { ImageId }]) => ImageId === ami)?.[0];
}

/** The grants of keys that the pipeline has given and not taken back. */
async function lentKeys(region: string) {
  const RetiringPrincipal = `arn:aws:iam::${motoAccount}:root`;
  const { Grants } = await lab.kms(region).send(new ListRetirableGrantsCommand({ RetiringPrincipal }));
  return Grants;
}

const everywhere = <T>(value: T, regions = [motoHome, 'eu-west-1']) =>
  Object.fromEntries(regions.map((region) => [region, value]));
const only = (...accounts: string[]) => ({ launch: accounts, volume: accounts });

test('a plan of a recipe that was never built has no problem, and makes nothing', async () => {
  const plan = await golden<{ status: string; problems: unknown[] }>('plan', name);
  expect(plan).toMatchObject({ problems: [] });
  expect(await estateOf(lab, name)).toMatchObject({ launched: 0, images: {} });
});

test("two builds are published to the recipe's own channel, one after the other", async () => {
  for (let count = 0; count < 2; count++) {
    const manifest = await golden<Manifest>('build', name, '--force');
    expect(manifest).toMatchObject({ status: 'published' });
    builds.push(manifest.build);
    expect(await held('stable')).toEqual(everywhere(manifest.build));
  }
});

test('another account has a copy of each build, under its own key and shared by it, and is lent nothing any more', async () => {
  const own = await imagesOf();
  const copies = await copiesIn(there, 'eu-west-1');
  expect(Object.keys(copies).toSorted()).toEqual(builds.toSorted());
  for (const [build, copy] of Object.entries(copies)) {
    expect(copy).toMatchObject({ OwnerId: spoke });
    expect(tagsOfImage(copy)).toMatchObject({
      'golden:build': build,
      'layer:source': own['eu-west-1']?.find(({ Name }) => Name === `${name}-${build}`)?.ImageId,
      'layer:kms-key': 'alias/theirs',
      'layer:imds': 'v2.0',
    });
    expect(await imageSharing(there, 'eu-west-1', copy)).toEqual(only(other));
    expect(await users(build)).toEqual(everywhere(only(tenant)));
  }
  expect(await heldInSpoke('stable')).toBe(builds[1]);
  expect(await lentKeys('eu-west-1')).toEqual([]);
});

test('a plan lets EC2 try the copies and grants of the last build, and changes nothing', async () => {
  const before = [await imagesOf(), await users(builds[1] ?? '')];
  const plan = await golden<{ problems: unknown[] }>('plan', name);
  expect(plan).toMatchObject({ problems: [] });
  expect([await imagesOf(), await users(builds[1] ?? '')]).toEqual(before);
});

test('golden share changes nothing with --plan, and grants and revokes with --apply', async () => {
  const [, newest = ''] = builds;
  await deployRecipe([
    { ...home, accounts: [tenant, other] },
    { ...away, accounts: [other] },
  ]);
  await golden('share', name, '--plan');
  expect(await users(newest)).toEqual(everywhere(only(tenant)));
  await golden('share', name, '--apply');
  expect(await users(newest)).toEqual({ [motoHome]: only(tenant, other), 'eu-west-1': only(other) });
});

test('golden promote points another channel at a build in every region, and golden rollback points it back', async () => {
  const [first = '', newest = ''] = builds;
  await golden('promote', name, first, '--to', 'prod', '--plan');
  expect(await held('prod')).toEqual({});
  await golden('promote', name, first, '--to', 'prod');
  expect(await held('prod')).toEqual(everywhere(first));
  await golden('promote', name, newest, '--to', 'prod');
  expect(await held('prod')).toEqual(everywhere(newest));
  expect(await heldInSpoke('prod')).toBe(newest);
  await golden('rollback', name, '--channel', 'prod');
  expect(await held('prod')).toEqual(everywhere(first));
  expect(await held('stable')).toEqual(everywhere(newest));
  expect([await heldInSpoke('prod'), await heldInSpoke('stable')]).toEqual([first, newest]);
});

test('golden revoke moves channels away and disables the images, and golden restore gives them back', async () => {
  const [first = '', newest = ''] = builds;
  const shared = await users(newest);
  await golden('revoke', `${name}-${newest}`, '--why', 'CVE-2026-1234', '--yes');
  expect(await held('stable')).toEqual(everywhere(first));
  expect(await users(newest)).toMatchObject(everywhere({ launch: [] }));
  expect(await heldInSpoke('stable')).toBe(first);
  const copy = async () => (await copiesIn(there, 'eu-west-1'))[newest] ?? {};
  expect(tagsOfImage(await copy())['layer:state']).toBe('disabled');
  expect(await imageSharing(there, 'eu-west-1', await copy())).toEqual(only());
  await golden('restore', `${name}-${newest}`, '--yes');
  expect(await users(newest)).toEqual(shared);
  expect(tagsOfImage(await copy())['layer:state']).toBe('available');
  expect(await imageSharing(there, 'eu-west-1', await copy())).toEqual(only(other));
});

test('golden distribute brings the published image to a target and to an account that came later, and its channel with it', async () => {
  const [first = ''] = builds; // which the channel holds since the revoke
  const late = { region: 'ap-southeast-2', accounts: [tenant] };
  const hub = { ...home, accounts: [tenant, other], copyTo: [{ account: later, externalId: 'golden-42' }] };
  await deployRecipe([hub, { ...away, accounts: [other] }, late]);
  await golden('distribute', name, '--plan');
  expect(Object.keys(await imagesOf())).toEqual([motoHome, 'eu-west-1']);
  await golden('distribute', name);
  expect(await held('stable')).toEqual(everywhere(first, motoRegions));
  expect(await users(first)).toMatchObject({ 'ap-southeast-2': only(tenant), [motoHome]: only(tenant, other) });
  const [copied, ...others] = Object.values(await copiesIn(thereLater, motoHome));
  expect([copied?.Name, others]).toEqual([`${name}-${first}`, []]);
  expect(await imageSharing(thereLater, motoHome, copied ?? {})).toEqual(only());
  expect(Object.keys(await copiesIn(there, 'eu-west-1'))).toHaveLength(2);
  expect((await estateOf(lab, name)).launched).toBe(4); // a builder and a candidate for each build, and none for this
});

test('no function of these machines made a call that its role does not allow, and every one was called', () => {
  expect(refusedCalls(lab)).toEqual([]);
  const machines = [
    'resolvePlan',
    'resolveShare',
    'applyShare',
    'verifyShare',
    'resolveMove',
    'verifyMove',
    'moveChannel',
  ];
  const intoAccounts = ['copyIntoAccount', 'awaitAccountCopy', 'finishAccountCopy'];
  expect([...lab.layer.seen.keys()]).toEqual(
    expect.arrayContaining([...machines, ...intoAccounts, 'revokeImages', 'restoreImages']),
  );
});
