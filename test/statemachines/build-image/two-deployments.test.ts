// Two deployments of one stage in two regions have the same channels: neither moves what the other has published.
import { expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { account, build, leftIn, pipeline, type Setting, targets } from '../../support/pipeline.ts';

const tag = 'golden:deployment';
const distribute = [targets.home, targets.copied];
const again = { recipe: 'base', force: true };

/** The image that the channel holds in Ireland, so that a test can say whose it is. */
function published(simulation: Simulation) {
  const { channels } = leftIn(simulation);
  const image = simulation.cloud.world.region('eu-west-1').images.get(channels['eu-west-1'] ?? '');
  if (!image) throw new Error('the channel holds no image');
  return image;
}

/** Points the channel in Ireland at an image that this deployment did not make: of another deployment, or without its tag. */
function moveTo(simulation: Simulation, deployment?: string) {
  const image = published(simulation);
  const tags = new Map(image.tags);
  if (deployment) tags.set(tag, deployment);
  else tags.delete(tag);
  const region = simulation.cloud.world.region('eu-west-1');
  const id = simulation.cloud.world.newId('ami', region.name);
  region.images.set(id, { ...image, id, tags, name: `${image.name}-${id}` });
  const value = region.parameters.get(`${account} /golden/base/stable`)?.versions.at(-1);
  if (!value) throw new Error('the channel holds nothing');
  value.value = id;
}

async function afterOneBuild(setting: Setting = {}) {
  const simulation = pipeline({ ...setting, changes: { distribute } });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  return simulation;
}

test('Resolve refuses a channel of another deployment before anything is made, and takes one of an earlier version', async () => {
  const simulation = await afterOneBuild();
  expect(published(simulation).tags.get(tag)).toBe('golden-image-dev-us-east-1');

  moveTo(simulation, 'golden-image-dev-eu-west-1');
  const before = leftIn(simulation).channels;
  const { error, cause } = await build(simulation, again);
  expect(error).toBe('RecipeInvalid');
  expect(cause).toContain('publish.channel: /golden/base/stable in eu-west-1 holds ami-');
  expect(cause).toMatch(
    /of the deployment golden-image-dev-eu-west-1, and this one is golden-image-dev-us-east-1; deploy with a channelRoot/,
  );
  expect(leftIn(simulation).instances).toEqual([]);
  expect(leftIn(simulation).channels).toEqual(before);

  moveTo(simulation);
  expect((await build(simulation, again)).status).toBe('SUCCEEDED');
  expect(leftIn(simulation).channels).not.toEqual(before);
});

test('Publish refuses a channel that another deployment has moved during the build, in all regions', async () => {
  let simulation: Simulation | undefined;
  const enter = (state: string, visit: number) => {
    if (state === 'Publish' && visit === 2 && simulation) moveTo(simulation, 'others-prod-eu-west-1');
    return undefined;
  };
  simulation = await afterOneBuild({ interfere: { enter } });
  const before = leftIn(simulation).channels;
  const { error, cause } = await build(simulation, again);
  expect(error).toBe('PublishFailed');
  const after = leftIn(simulation).channels;
  expect(cause).toContain(`holds ${after['eu-west-1']} of the deployment others-prod-eu-west-1`);
  expect(after).toEqual({ ...before, 'eu-west-1': expect.not.stringMatching(before['eu-west-1'] ?? '') });
});
