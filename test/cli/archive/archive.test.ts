import { beforeAll, expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { account, build, manifestIn, pipeline, targets } from '../../support/pipeline.ts';

let simulation: Simulation;
let [id, ami] = ['', ''];
const run = (...args: string[]) => operator(simulation).run(...args);
const archives = () => simulation.cloud.world.buckets.get(`golden-archives-${account}`)!.objects;

beforeAll(async () => {
  simulation = pipeline({ changes: { distribute: [targets.home] }, scenario: { delays: brisk } });
  const manifest = manifestIn(simulation, await build(simulation));
  [id, ami] = [manifest.build, manifest.image?.ami ?? ''];
});

test('golden archive --plan says what is stored, what that costs a month and what the object loses', async () => {
  const { exitCode, out } = await run('archive', id, '--plan');
  expect(exitCode).toBe(0);
  expect(out).toContain(
    `base-${id}: ${ami} in us-east-1 would be stored as s3://golden-archives-${account}/${ami}.bin, 8 GiB`,
  );
  expect(out).toMatch(
    /\$0\.18 a month in S3 Standard, \$0\.03 in Glacier Instant Retrieval, \$0\.01 in Glacier Deep Archive/,
  );
  expect(archives().size).toBe(0);
});

test('golden archive asks a person before it stores anything', async () => {
  const questions: string[] = [];
  const confirms = async (question: string) => (questions.push(question), false);
  const { exitCode, out } = await operator(simulation, { confirms }).onTerminal('archive', id);
  expect({ exitCode, questions }).toEqual({ exitCode: 130, questions: ['  Store this image?'] });
  expect(out).toContain('Nothing was changed.');
});

test('golden archive stores the image and says how the AMI goes, and golden inspect shows the object', async () => {
  const { exitCode, out } = await run('archive', id, '--yes', '--why', 'an audit');
  expect(exitCode).toBe(0);
  expect(out).toContain('golden deregister <build>');
  expect([...archives().keys()]).toEqual([`${ami}.bin`]);
  expect((await run('inspect', `base-${id}`)).out).toMatch(
    new RegExp(`Archived +s3://golden-archives-${account}/${ami}.bin`),
  );
});

test('golden unarchive is refused while the AMI is there, with exit code 2', async () => {
  const { exitCode, err } = await run('unarchive', id, '--yes');
  expect(exitCode).toBe(2);
  expect(err).toMatch(new RegExp(`ArchiveRefused\\n +${ami} in us-east-1 is still there`));
});

test('the two steps of cold keeping, and the way back', async () => {
  expect((await run('deregister', id, '--even-if-used', '--yes')).exitCode).not.toBe(0); // its channel holds it
  const { images } = simulation.cloud.world.region('us-east-1');
  images.delete(ami);
  const { exitCode, out } = await run('unarchive', id, '--yes', '--json');
  expect(exitCode).toBe(0);
  const output = JSON.parse(out) as { status: string; ami: string; snapshots: string[] };
  expect(output).toMatchObject({ status: 'unarchived', snapshots: [expect.any(String)] });
  expect(images.get(output.ami)).toMatchObject({ state: 'available', permissions: [] });
  expect((await run('inspect', `base-${id}`)).out).toMatch(new RegExp(`Restored +${output.ami} in us-east-1`));
});

test.each([
  [['archive', 'base'], /base: is no build id/],
  [['unarchive', '20261123-030000-9f2c', '--object', 'ami-0123456789abcdef0.bin'], /name the recipe too/],
])('%j is refused', async (args, says) => {
  const { exitCode, err } = await run(...args);
  expect(exitCode).toBe(2);
  expect(err).toMatch(says);
});
