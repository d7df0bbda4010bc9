import {
  CreateTagsCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  DescribeTagsCommand,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type Image,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyOf } from '../../core/memory/documents.ts';
import type { RetireOutcome } from '../../core/retire/retire-report.ts';
import { type Baked, bakedOf, motoRecipe } from './bakes.ts';
import { estateOf, imageSharing, tagsOfImage } from './estate.ts';
import { archiveBucket, motoHome, openLab, type Lab } from './lab.ts';
import { refusedCalls } from './roles.ts';

// The end of images: four builds whose ids say that they are old are retired by policies, by hand, and over the archive. Each test goes on
// with what the test before left in moto.
const name = 'old';
const away = 'eu-west-1';
const builds = ['20260601', '20260701', '20260801', '20260901'].map((day) => `${day}-030000-01d0`);
const [eldest = '', second = '', third = '', newest = ''] = builds;
const stage = ['--stage', 'old'];

let lab: Lab;
let folder: string;

/** Deploys the recipe with a policy. It publishes to no channel, so no channel needs its builds. */
async function deployPolicy(policy: object): Promise<void> {
  const { publish: _, ...recipe } = motoRecipe(name, {
    distribute: [{ region: motoHome, accounts: ['111122223333'] }, { region: away }],
    retire: { keep: 1, ...policy },
  });
  await writeFile(
    join(folder, 'recipes.json'),
    JSON.stringify({ recipes: { [name]: recipe }, scripts: {}, version: '1.0.0' }),
  );
}

/** Makes what another build of the recipe would have left: images, snapshots, and its manifest. Only one build at a time may run. */
async function makeTwin(build: string, { manifest }: Baked): Promise<void> {
  let text = JSON.stringify(manifest).replaceAll(eldest, build);
  for (const image of await imagesOf(eldest)) {
    const region = image.ImageId === manifest?.image?.ami ? motoHome : away;
    const ec2 = lab.ec2(region);
    const { ImageId = '' } = await ec2.send(new RegisterImageCommand({ Name: `${name}-${build}` }));
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId] }));
    const snapshot = Images[0]?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
    const Tags = image.Tags?.map(({ Key, Value }) => ({ Key, Value: Value?.replaceAll(eldest, build) }));
    await ec2.send(new CreateTagsCommand({ Resources: [ImageId, snapshot], Tags }));
    const { launch } = await imageSharing(lab, region, image);
    const LaunchPermission = { Add: launch.map((UserId) => ({ UserId })) };
    if (launch.length > 0) await ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission }));
    text = text.replaceAll(image.ImageId ?? '', ImageId);
  }
  await lab.keep(keyOf({ recipe: name, build }, 'manifest'), JSON.parse(text));
  const owner = JSON.parse((await lab.artifact(keyOf({ recipe: name, build: eldest }, 'owner'))) ?? '') as object;
  await lab.keep(keyOf({ recipe: name, build }, 'owner'), { ...owner, build });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-moto-retirement-'));
  lab = await openLab({ catalog: join(folder, 'recipes.json') });
  await deployPolicy({ deprecateAfter: '30d' });
  await lab.deploy('old', { machine: 'retire-images' });
  // EC2 sends no event when an image is stored. The deployed heartbeat is a minute.
  const sooner = (text: string) => text.replaceAll('"HeartbeatSeconds": 60', '"HeartbeatSeconds": 4');
  await lab.deploy('old', { machine: 'archive-image', definition: sooner });
  const input = { recipe: name, build: eldest };
  const baked = await bakedOf(lab, await lab.start(await lab.deploy('old'), 'eldest', input), input);
  if (baked.status !== 'SUCCEEDED') throw new Error(`the build ended as ${baked.status}: ${baked.cause}`);
  for (const build of [second, third, newest]) await makeTwin(build, baked);
});
afterAll(async () => {
  await lab.stop();
  await rm(folder, { recursive: true });
});

const golden = <T>(...args: string[]): Promise<T> => lab.goldenJson(...args, ...stage);

/** The image of a build in each region, as moto has it. */
async function imagesOf(build: string): Promise<Image[]> {
  const { images } = await estateOf(lab, name);
  return Object.values(images)
    .flat()
    .filter(({ Name }) => Name === `${name}-${build}`);
}

/** Marks of the images of each build, which say what moto has no field for: the states of the home image and of the copy. */
const marksOf = async (mark: string) =>
  Object.fromEntries(
    await Promise.all(
      builds.map(async (build) => [build, (await imagesOf(build)).map((image) => tagsOfImage(image)[mark])]),
    ),
  ) as Record<string, (string | undefined)[]>;

/** How many AMIs, and snapshots of these, a build has. */
async function counts(build: string) {
  const images = await imagesOf(build);
  const Filters = [{ Name: 'tag:golden:build', Values: [build] }];
  const found = await Promise.all(
    [motoHome, away].map((region) => lab.ec2(region).send(new DescribeSnapshotsCommand({ Filters }))),
  );
  return { images: images.length, snapshots: found.flatMap(({ Snapshots = [] }) => Snapshots).length };
}

const retire = (...args: string[]) => golden<RetireOutcome>('retire', name, ...args, '--yes');
const none = { deprecate: 0, disable: 0, deregister: 0 };
const untouched = [undefined, undefined];
const whole = { images: 2, snapshots: 2 };

test('a plan of a retirement changes nothing, and the step that is due is taken in both regions', async () => {
  expect((await retire('--plan')).counts).toMatchObject({ ...none, deprecate: 3 });
  expect(await marksOf('layer:deprecated')).toEqual(Object.fromEntries(builds.map((build) => [build, untouched])));
  expect((await retire('--apply', '--cap', '1')).counts).toMatchObject({ ...none, deprecate: 1 });
  const date = expect.stringMatching(/^2\d{3}-.*:00\.000Z$/);
  expect(await marksOf('layer:deprecated')).toEqual({
    ...Object.fromEntries(builds.map((build) => [build, untouched])),
    [eldest]: [date, date],
  });
});

test('an image is disabled only once EC2 has reported that no other account uses it', async () => {
  await deployPolicy({ disableAfter: '60d' });
  expect((await retire('--apply', '--cap', '1')).counts).toMatchObject(none);
  const [home = {}] = await imagesOf(second);
  expect(await imageSharing(lab, motoHome, home)).toMatchObject({ launch: ['111122223333'] });
  expect((await retire('--apply', '--cap', '1')).counts).toMatchObject({ ...none, disable: 1 });
  expect(await marksOf('layer:state')).toEqual({
    ...Object.fromEntries(builds.map((build) => [build, untouched])),
    [second]: ['disabled', 'disabled'],
  });
  expect(await imageSharing(lab, motoHome, home)).toMatchObject({ launch: [] });
});

test('an image that an instance runs from stays, and goes with its snapshots once the instance is terminated', async () => {
  await deployPolicy({ deregisterAfter: '90d' });
  const ec2 = lab.ec2(away);
  const ImageId = (await imagesOf(third))[1]?.ImageId;
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({ ImageId, InstanceType: 't3.small', MinCount: 1, MaxCount: 1 }),
  );
  const instance = Instances[0]?.InstanceId ?? '';
  const kept = await retire('--apply');
  expect(kept.counts).toMatchObject(none);
  expect(JSON.stringify(kept)).toContain(instance);
  expect(await counts(third)).toEqual(whole);

  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
  expect((await retire('--apply')).counts).toMatchObject({ ...none, deregister: 1 });
  expect(await counts(third)).toEqual({ images: 0, snapshots: 0 });
  for (const build of [eldest, second, newest]) expect(await counts(build)).toEqual(whole);
});

test('golden archive stores an image in S3, golden deregister removes the AMIs, and golden unarchive restores one', async () => {
  const [home = {}] = await imagesOf(eldest);
  const object = `${home.ImageId}.bin`;
  await golden('archive', `${name}-${eldest}`, '--plan');
  expect(await lab.artifact(object, archiveBucket)).toBeUndefined();
  await golden('archive', `${name}-${eldest}`, '--yes');
  expect(await lab.artifact(object, archiveBucket)).toContain(home.ImageId);
  expect(await counts(eldest)).toEqual(whole);

  await golden('deregister', `${name}-${eldest}`, '--keep-snapshots', '--even-if-used', '--yes');
  expect(await counts(eldest)).toEqual({ images: 0, snapshots: 2 });
  const snapshot = home.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
  const Filters = [{ Name: 'resource-id', Values: [snapshot] }];
  const { Tags = [] } = await lab.ec2(motoHome).send(new DescribeTagsCommand({ Filters }));
  expect(Tags).toContainEqual(expect.objectContaining({ Key: 'golden:kept', Value: home.ImageId }));

  const { ami } = await golden<{ ami: string }>('unarchive', `${name}-${eldest}`, '--yes');
  const restored = (await estateOf(lab, name)).images[motoHome]?.find(({ ImageId }) => ImageId === ami) ?? {};
  expect(tagsOfImage(restored)).toMatchObject({
    'golden:recipe': name,
    'golden:build': eldest,
    'golden:kept': expect.stringContaining(object),
    'layer:source': home.ImageId,
  });
  expect(await imageSharing(lab, motoHome, restored)).toEqual({ launch: [], volume: [] });
});

test('no function of these machines made a call that its role does not allow, and every one was called', () => {
  expect(refusedCalls(lab)).toEqual([]);
  const retiring = ['resolveRetirement', 'retireBuild', 'verifyRetirement'];
  const archiving = ['resolveArchive', 'storeImage', 'awaitStoredImage', 'restoreArchive', 'awaitRestoredImage'];
  expect([...lab.layer.seen.keys()]).toEqual(expect.arrayContaining([...retiring, ...archiving]));
  expect(lab.unheard).toEqual([]);
});
