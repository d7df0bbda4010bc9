import { describe, expect, test } from '@jest/globals';
import type { ArchivePlan } from '../../core/archive/archive-plan.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import { brisk } from '../support/deployed.ts';
import { account, build, manifestIn, pipeline, targets } from '../support/pipeline.ts';

const region = 'us-east-1';
const archives = `golden-archives-${account}`;

/** A published build of one region. */
async function published(scenario: object = {}) {
  const simulation = pipeline({ changes: { distribute: [targets.home] }, scenario: { delays: brisk, ...scenario } });
  const manifest = manifestIn(simulation, await build(simulation));
  return { simulation, manifest, of: { recipe: manifest.recipe, build: manifest.build } };
}

const objects = ({ cloud }: Simulation) => cloud.world.buckets.get(archives)!.objects;
const imagesIn = ({ cloud }: Simulation, id: string) =>
  [...cloud.world.region(region).images.values()].filter(
    ({ tags, state }) => tags.get('golden:build') === id && state !== 'deregistered',
  );
const snapshotsIn = ({ cloud }: Simulation, id: string) =>
  [...cloud.world.region(region).snapshots.values()].filter(({ tags }) => tags.get('golden:build') === id);

async function run(simulation: Simulation, input: object) {
  const { status, error = '', cause = '', output = '{}' } = await simulation.finish(simulation.archive(input));
  return { status, error, cause, output: JSON.parse(output) as ArchivePlan & { snapshots?: string[] } };
}

describe('an image that is archived, deregistered and restored', () => {
  let simulation: Simulation;
  let of: { recipe: string; build: string };
  let ami = '';

  test('is one object in the bucket of archives, and the AMI stays', async () => {
    const made = await published();
    ({ simulation, of } = made);
    ami = made.manifest.image?.ami ?? '';
    const planned = await run(simulation, { verb: 'archive', ...of, plan: true });
    expect(planned).toMatchObject({ status: 'SUCCEEDED', output: { ami, object: `${ami}.bin`, bucket: archives } });
    expect(planned.output.notes.join('\n')).toMatch(/at most \$\d+\.\d\d a month in S3 Standard/);
    expect(objects(simulation).size).toBe(0);
    expect(await run(simulation, { verb: 'archive', ...of, who: 'Ada', why: 'an audit' })).toMatchObject({
      status: 'SUCCEEDED',
    });
    expect([...objects(simulation).keys()]).toEqual([`${ami}.bin`]);
    expect(imagesIn(simulation, of.build).map(({ id, state }) => [id, state])).toEqual([[ami, 'available']]);
    expect(simulation.read(of, 'archive')).toMatchObject({
      object: `${ami}.bin`,
      stored: { ami, who: 'Ada', why: 'an audit' },
      restored: [],
    });
  });

  test('is not stored twice, and not restored while its AMI is there', async () => {
    const { size } = simulation.cloud.world.region(region).storeTasks;
    const again = await run(simulation, { verb: 'archive', ...of });
    expect(again.status).toBe('SUCCEEDED');
    expect(simulation.cloud.world.region(region).storeTasks.size).toBe(size);
    expect(simulation.read(of, 'archive')?.stored?.who).toBe('Ada');
    expect(await run(simulation, { verb: 'unarchive', ...of })).toMatchObject({
      status: 'FAILED',
      error: 'ArchiveRefused',
      cause: expect.stringContaining(`${ami} in ${region} is still there (available)`),
    });
  });

  test('is a private AMI again, with the tags of its build, from which nothing but a person takes it', async () => {
    const { images, snapshots } = simulation.cloud.world.region(region);
    for (const one of imagesIn(simulation, of.build)) images.delete(one.id);
    for (const one of snapshotsIn(simulation, of.build)) snapshots.delete(one.id);
    const restored = await run(simulation, { verb: 'unarchive', ...of, who: 'Ada' });
    expect(restored).toMatchObject({ status: 'SUCCEEDED' });
    const [image] = imagesIn(simulation, of.build);
    expect(image).toMatchObject({ name: `base-${of.build}-restored`, state: 'available', permissions: [] });
    expect(image?.tags.get('golden:role')).toBe('image');
    expect(restored.output).toMatchObject({ ami: image?.id, snapshots: [expect.stringMatching(/^snap-/)] });
    expect(simulation.read(of, 'archive')?.restored).toMatchObject([{ ami: image?.id, who: 'Ada' }]);
    await simulation.pass(20 * 86_400);
    await simulation.finish(simulation.sweep({}));
    expect(imagesIn(simulation, of.build)).toHaveLength(1);
    expect(snapshotsIn(simulation, of.build)).toHaveLength(1);
  });

  test('is not restored a second time', async () => {
    const before = imagesIn(simulation, of.build).map(({ id }) => id);
    const again = await run(simulation, { verb: 'unarchive', ...of });
    expect(again.output.notes).toContain(`${before[0]} was restored before (available)`);
    expect(imagesIn(simulation, of.build).map(({ id }) => id)).toEqual(before);
  });

  test('is restored in another deployment, to which somebody has copied the object', async () => {
    const there = pipeline();
    objects(there).set(`${ami}.bin`, objects(simulation).get(`${ami}.bin`)!);
    const unnamed = await run(there, { verb: 'unarchive', ...of });
    expect(unnamed.cause).toContain(`build: no image of base-${of.build} was archived here`);
    const restored = await run(there, { verb: 'unarchive', ...of, object: `${ami}.bin` });
    expect(restored.status).toBe('SUCCEEDED');
    expect(imagesIn(there, of.build)).toMatchObject([{ state: 'available', sourceImage: ami }]);
  });
});

test('a restore that EC2 gives up leaves no AMI and no snapshot, and says so', async () => {
  const images = [{ name: '*-restored', fail: 'Internal error', afterSeconds: 30 }];
  const { simulation, manifest, of } = await published({ images });
  await run(simulation, { verb: 'archive', ...of });
  const { images: all, snapshots } = simulation.cloud.world.region(region);
  for (const one of imagesIn(simulation, of.build)) all.delete(one.id);
  for (const one of snapshotsIn(simulation, of.build)) snapshots.delete(one.id);
  const failed = await run(simulation, { verb: 'unarchive', ...of });
  expect(failed).toMatchObject({ status: 'FAILED', error: 'ImageFailed' });
  expect(failed.cause).toMatch(/is failed: .*Internal error.*\nremoved again: ami-\w+, snap-\w+/s);
  expect([imagesIn(simulation, of.build), snapshotsIn(simulation, of.build)]).toEqual([[], []]);
  expect(simulation.read(of, 'archive')).toMatchObject({ stored: { ami: manifest.image?.ami }, restored: [] });
});

test('lost answers make neither a second task nor a second AMI', async () => {
  const api = ['CreateStoreImageTask', 'CreateRestoreImageTask'].map((action) => ({
    action: `ec2:${action}`,
    times: 1,
    error: 'ServiceUnavailable',
    after: true,
  }));
  const { simulation, of } = await published({ api });
  expect(await run(simulation, { verb: 'archive', ...of })).toMatchObject({ status: 'SUCCEEDED' });
  expect(simulation.cloud.world.region(region).storeTasks.size).toBe(1);
  for (const one of imagesIn(simulation, of.build)) simulation.cloud.world.region(region).images.delete(one.id);
  expect(await run(simulation, { verb: 'unarchive', ...of })).toMatchObject({ status: 'SUCCEEDED' });
  expect(imagesIn(simulation, of.build)).toHaveLength(1);
});

test('a snapshot that is deleted while EC2 stores it ends the archiving with that reason', async () => {
  const { simulation, of } = await published();
  const arn = simulation.archive({ verb: 'archive', ...of });
  await simulation.pass(20);
  for (const { id } of snapshotsIn(simulation, of.build)) simulation.cloud.world.region(region).snapshots.delete(id);
  const { status, error, cause } = await simulation.finish(arn);
  expect([status, error]).toEqual(['FAILED', 'ArchiveFailed']);
  expect(cause).toMatch(/EC2 could not store ami-\w+ as s3:.*: Snapshot snap-\w+ was deleted/);
  expect(objects(simulation).size).toBe(0);
});

test('bad input is refused with all problems', async () => {
  const { error, cause } = await run(pipeline(), { verb: 'keep', recipe: 'No Name', build: '1', object: 'x' });
  expect(error).toBe('RecipeInvalid');
  for (const key of ['verb', 'recipe', 'build', 'object']) expect(cause).toMatch(new RegExp(`${key}: `));
});
