import { expect, test } from '@jest/globals';
import { sha256 as digestOf } from '../../../core/digest.ts';
import { carriedKey, carriedText } from '../../../core/recipe/steps/carried.ts';
import { assets } from '../../../core/memory/documents.ts';
import { guestFiles } from '../../../simulator/aws/ec2/instances/guest-files.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import { build, imageIn, launched, manifestIn, nothing, leftIn, targets } from '../../support/pipeline.ts';
import { agentComponent } from '../../bad-input/full-recipe.ts';
import { catalogWithFiles, tooLargeForSsm } from '../../support/carried.ts';

const day = 24 * 3600;

/** A pipeline whose recipe copies a folder and a file to the builder. */
async function withFiles(site: Record<string, string>) {
  const carrying = await catalogWithFiles(site, { distribute: [targets.home, targets.copied] });
  return { ...carrying, simulation: createSimulation({ catalog: carrying.catalog }) };
}

const bucketOf = ({ cloud, bucket }: Simulation) => cloud.world.buckets.get(bucket)?.objects ?? new Map();
const assetKeys = (simulation: Simulation) => [...bucketOf(simulation).keys()].filter((key) => key.startsWith('assets/'));
/** Spoils what Resolve has put into the bucket, before the builder downloads it. */
const spoiling = (simulation: Simulation, spoil: (objects: Map<string, { body: Buffer }>) => void) =>
  simulation.stepFunctions.onEvent((_, event) => {
    if ((event['stateEnteredEventDetails'] as { name?: string } | undefined)?.name === 'Launch') spoil(bucketOf(simulation));
  });

test('files are on the builder, in the image of every region and on the candidate', async () => {
  const { simulation, ofFolder, ofFile } = await withFiles({ 'index.html': 'hello {{ you }}\r\n', 'css/a.css': 'a{}' });
  const execution = await build(simulation);
  expect(manifestIn(simulation, execution)).toMatchObject({ status: 'published' });
  expect(new Set(assetKeys(simulation))).toEqual(new Set([ofFolder, ofFile].map(assets.key)));
  const there = {
    '/srv/site/index.html': { text: 'hello {{ you }}\r\n', mode: '0640', owner: 'www-data' },
    '/srv/site/css/a.css': { text: 'a{}', mode: '0640', owner: 'www-data' },
    '/etc/app/main.conf': { text: 'port = 80\n', mode: '0644', owner: 'root:root' },
  };
  const images = ['us-east-1', 'eu-west-1'].map((region) => imageIn(simulation, region));
  const disks = [...images.map(({ unpacked = [] }) => unpacked), ...launched(simulation, 'candidate').map(({ unpacked }) => unpacked)];
  expect(disks).toHaveLength(3);
  for (const disk of disks) expect(Object.fromEntries(await guestFiles(disk))).toEqual(there);
});

test('a changed file makes the image out of date, and the same files do not', async () => {
  const { simulation, catalog } = await withFiles({ 'index.html': 'hello' });
  const first = manifestIn(simulation, await build(simulation));
  expect(manifestIn(simulation, await build(simulation))).toMatchObject({ status: 'up-to-date' });
  const changed = await withFiles({ 'index.html': 'hello!' });
  Object.assign(catalog, { scripts: changed.catalog.scripts, archives: changed.catalog.archives });
  const second = manifestIn(simulation, await build(simulation));
  expect(second).toMatchObject({ status: 'published' });
  expect(second.build).not.toBe(first.build);
  expect(assetKeys(simulation)).toHaveLength(3);
});

test('an object that is there is not put again until it is a month old', async () => {
  const { simulation, ofFolder } = await withFiles({ 'index.html': 'hello' });
  const putAt = () => bucketOf(simulation).get(assets.key(ofFolder))?.at as number;
  await build(simulation);
  const first = putAt();
  await simulation.pass(20 * day);
  await build(simulation, { recipe: 'base', force: true });
  expect(putAt()).toBe(first);
  await simulation.pass(11 * day);
  await build(simulation, { recipe: 'base', force: true });
  expect(putAt()).toBeGreaterThan(first);
});

test('files that arrive with another digest fail the step, and nothing is left', async () => {
  const { simulation, ofFolder } = await withFiles({ 'index.html': 'hello' });
  spoiling(simulation, (objects) => {
    const object = objects.get(assets.key(ofFolder));
    if (object) object.body = Buffer.from(object.body).fill('x', 0, 1);
  });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'ProvisionFailed' });
  expect(execution.cause).toContain(`"site"`);
  expect(execution.cause).toContain(`the files that arrived are not those of the recipe: their SHA-256 is not ${ofFolder}`);
  expect(leftIn(simulation)).toEqual(nothing);
});

test('files that cannot be downloaded fail the step, with what the instance needs', async () => {
  const { simulation, ofFolder } = await withFiles({ 'index.html': 'hello' });
  spoiling(simulation, (objects) => objects.delete(assets.key(ofFolder)));
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'ProvisionFailed' });
  for (const said of ['"site"', `s3://${simulation.bucket}/assets/`, 's3:GetObject', 's3:ListBucket', 'statuscode:403'])
    expect(execution.cause).toContain(said);
});

test('a script that SSM does not take, and a check of that size, go through the bucket and run', async () => {
  const changes = {
    provision: [{ name: 'large', script: 'scripts/large.sh', env: { NOTE: 'here' } }],
    checks: [{ name: 'large check', run: `true\n${tooLargeForSsm}` }],
    distribute: [targets.home],
  };
  const { catalog } = await catalogWithFiles({ 'index.html': 'hello' }, changes);
  Object.assign(catalog.scripts, { 'scripts/large.sh': `exit 194\n${tooLargeForSsm}` });
  const simulation = createSimulation({ catalog });
  const execution = await build(simulation);
  expect(manifestIn(simulation, execution)).toMatchObject({ status: 'published' });
  const texts = [`#!/bin/bash\nexit 194\n${tooLargeForSsm}`, `#!/bin/bash\nset -euo pipefail\ntrue\n${tooLargeForSsm}`];
  for (const text of texts) expect(simulation.artifact(assets.key(digestOf(text)))).toBe(text);
  const commands = [...simulation.cloud.world.region('us-east-1').commands.values()];
  expect(commands.filter(({ documentName }) => documentName === 'AWS-RunRemoteScript')).toMatchObject([
    { step: 'large', environment: { NOTE: 'here' } },
    { step: 'large check' },
  ]);
});

test('a playbook and the build of a component run on the builder, and the tests of the component on the candidate', async () => {
  const component = { file: 'components/agent.yml', parameters: { Version: '1.2' } };
  const changes = {
    provision: [
      { name: 'play', ansible: { playbook: 'files/site/site.yml' } },
      { name: 'agent', component },
    ],
    checks: [{ name: 'agent works', component }],
    distribute: [targets.home],
  };
  const { catalog, ofFile } = await catalogWithFiles({ 'site.yml': '[]' }, changes);
  const document = carriedText({ sha256: ofFile, bytes: 9, folder: false, component: agentComponent });
  Object.assign(catalog.scripts, { [carriedKey(component.file)]: document });
  const simulation = createSimulation({ catalog });
  expect(manifestIn(simulation, await build(simulation))).toMatchObject({ status: 'published' });
  const sent = [...simulation.cloud.world.region('us-east-1').commands.values()]
    .filter(({ documentName }) => documentName === 'AWS-RunRemoteScript')
    .map(({ step, script }) => [step, /ansible playbook|"phases":"[\w,]+"/.exec(script)?.[0]]);
  expect(sent).toEqual([
    ['play', 'ansible playbook'],
    ['agent', '"phases":"build,validate"'],
    ['agent works', '"phases":"test"'],
  ]);
});

test('a build of files that are neither in the bucket nor deployed is refused before anything is made', async () => {
  const { simulation, catalog, ofFolder } = await withFiles({ 'index.html': 'hello' });
  catalog.archives.delete(ofFolder);
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'RecipeInvalid' });
  expect(execution.cause).toContain(`files or script of "site" (SHA-256 ${ofFolder}) are neither in s3://${simulation.bucket}`);
  expect(launched(simulation, 'builder')).toEqual([]);
});
