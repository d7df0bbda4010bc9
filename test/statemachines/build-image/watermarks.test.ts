import { describe, expect, test } from '@jest/globals';
import { allowedImages } from '../../../core/publish/allowed-images.ts';
import type { Recipe } from '../../../core/recipe/types.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk } from '../../support/deployed.ts';
import {
  account,
  build,
  caller,
  consumer,
  copied,
  home,
  leftIn,
  manifestIn,
  pipeline,
  recipe,
  regions,
  type Setting,
} from '../../support/pipeline.ts';

const marking = { publish: { channel: 'stable', watermark: true } };
const key = `${account}:golden-image-dev-us-east-1/base`;

const withMarks = ({ scenario, changes, ...setting }: Setting = {}): Simulation =>
  pipeline({
    changes: { ...marking, ...changes },
    scenario: { delays: brisk, ...(scenario as object | undefined) },
    ...setting,
  });

/** The watermarks of every image of the account that is still there. */
const marksIn = ({ cloud }: Simulation): string[] =>
  regions.flatMap((region) =>
    [...cloud.world.region(region).images.values()]
      .filter(({ owner, state }) => owner === account && state === 'available')
      .map(({ watermarks = [] }) => `${region} ${watermarks.map((one) => one.key).join(' ') || 'none'}`),
  );
const everywhere = regions.map((region) => `${region} ${key}`);

/** Calls something before the first call of an action. */
function before(simulation: Simulation, action: string, look: () => void): void {
  const { ec2, ssm } = simulation.cloud.services;
  const actions = action in ssm ? ssm : ec2;
  const real = actions[action];
  let first = true;
  actions[action] = (input, from) => {
    if (first) look();
    first = false;
    return real?.(input, from);
  };
}

/** Lets the source of the builder carry watermarks. */
function bear({ cloud }: Simulation, keys: string[]): void {
  const { images, instances } = cloud.world.region(home);
  const watermarks = keys.map((one) => ({ key: one, source: { image: 'ami-1', region: home, createdAt: 0 }, at: 0 }));
  for (const { image } of instances.values()) images.get(image)!.watermarks = watermarks;
}

describe('only published images carry the watermark of their recipe', () => {
  test('each region gets it at the publish: after the copies are made and verified, and before the channel moves', async () => {
    const simulation = withMarks();
    const seen: string[][] = [];
    before(simulation, 'AttachImageWatermark', () => void seen.push(marksIn(simulation)));
    before(simulation, 'PutParameter', () => void seen.push(marksIn(simulation)));
    expect((await build(simulation)).status).toBe('SUCCEEDED');
    expect(seen).toEqual([regions.map((region) => `${region} none`), everywhere]);
    expect(marksIn(simulation)).toEqual(everywhere);
  });

  test('a publish that fails takes it back, also from images that are kept', async () => {
    const api = [{ action: 'ssm:PutParameter', region: copied, error: 'AccessDeniedException', message: 'no' }];
    const simulation = withMarks({ scenario: { api }, changes: { onFailure: 'keep-image' } });
    expect(await build(simulation)).toMatchObject({ error: 'PublishFailed' });
    expect(marksIn(simulation)).toEqual(regions.map((region) => `${region} none`));
  });

  test('where EC2 refuses it in one region, nothing is published anywhere', async () => {
    const api = [{ action: 'ec2:AttachImageWatermark', region: copied, error: 'UnauthorizedOperation', message: 'no' }];
    const simulation = withMarks({ scenario: { api } });
    expect(await build(simulation)).toMatchObject({
      error: 'PublishFailed',
      cause: expect.stringContaining('ec2:AttachImageWatermark'),
    });
    expect(leftIn(simulation)).toMatchObject({ images: [], channels: {} });
  });

  test('an answer that is lost does not fail the publish, though EC2 may refuse the second request', async () => {
    const simulation = withMarks();
    const { ec2 } = simulation.cloud.services;
    const attach = ec2['AttachImageWatermark'];
    let lost = 0;
    ec2['AttachImageWatermark'] = (input, from) => {
      const answer = attach?.(input, from);
      if (lost++ < 3) throw Object.assign(new Error('no answer'), { name: 'InternalError' });
      return answer;
    };
    expect((await build(simulation)).status).toBe('SUCCEEDED');
    expect(marksIn(simulation)).toEqual(everywhere);
  });

  test('a child inherits the watermark of its parent, and has one of its own only once it is published', async () => {
    const simulation = withMarks();
    await build(simulation);
    const child = { ...recipe, ...marking, name: 'child', source: { channel: 'base/stable' }, distribute: recipe.distribute.slice(0, 1) };
    const seen: string[][] = [];
    before(simulation, 'AttachImageWatermark', () => void seen.push(marksIn(simulation)));
    expect((await build(simulation, { recipe: child })).status).toBe('SUCCEEDED');
    expect(seen[0]).toContain(`${home} ${key}`);
    expect(marksIn(simulation)).toContain(`${home} ${key} ${key.replace(/base$/, 'child')}`);
  });

  test('an image made from one of its own recipe is not published, since it would have passed the gate before', async () => {
    const simulation = withMarks();
    before(simulation, 'CreateImage', () => bear(simulation, [key]));
    expect(await build(simulation)).toMatchObject({
      error: 'TargetsIncomplete',
      cause: expect.stringContaining(`carries the watermark ${key} before it is published`),
    });
    expect(leftIn(simulation)).toMatchObject({ images: [], channels: {} });
  });

  test('an image with five watermarks of its sources is refused before it is published', async () => {
    const simulation = withMarks();
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => `${account}:${name}`);
    before(simulation, 'CreateImage', () => bear(simulation, five));
    expect(await build(simulation)).toMatchObject({
      error: 'TargetsIncomplete',
      cause: expect.stringContaining('carries 5 watermarks of its sources, and EC2 takes no sixth'),
    });
    expect(leftIn(simulation).channels).toEqual({});
  });

  test('a source that carries the watermark of its recipe is refused before anything costs money', async () => {
    const simulation = withMarks();
    const mark = { key, source: { image: 'ami-1', region: home, createdAt: 0 }, at: 0 };
    for (const image of simulation.cloud.world.region(home).images.values()) image.watermarks = [mark];
    expect(await build(simulation)).toMatchObject({
      error: 'RecipeInvalid',
      cause: expect.stringContaining(`carries ${key}, the watermark of published images of this recipe`),
    });
    expect(simulation.cloud.calls.map(({ action }) => action)).not.toContain('RunInstances');
    const { output = '' } = await simulation.finish(simulation.plan({ recipe: 'base' }));
    expect(JSON.parse(output)).toMatchObject({ status: 'refused', problems: [{ path: ['source'] }] });
  });

  test('a channel does not move to a build whose image has lost its watermark', async () => {
    const simulation = withMarks();
    const { build: id, targets } = manifestIn(simulation, await build(simulation));
    await build(simulation, { recipe: 'base', force: true });
    const { ami = '' } = targets.find(({ region }) => region === copied) ?? {};
    simulation.cloud.services.ec2['DetachImageWatermark']?.(
      { ImageId: ami, WatermarkKey: key },
      { ...caller, region: copied },
    );
    const moved = await simulation.finish(simulation.move({ recipe: 'base', verb: 'rollback', build: id }));
    expect(moved).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('does not carry the watermark') });
  });

  test('an account whose Allowed AMIs demand the watermark launches a published image while it is young, and no other', async () => {
    const simulation = withMarks({ changes: { onFailure: 'keep-image' } });
    const { cloud } = simulation;
    const at = { account: consumer, region: home };
    const { build: id } = manifestIn(simulation, await build(simulation));
    const [published] = [...cloud.world.region(home).images.values()].filter(({ name }) => name === `base-${id}`);
    const others = { account, deployment: 'golden-image-dev-us-east-1', days: 30, sourcesOf: [] };
    const ImageCriteria = allowedImages([{ name: 'base' } as Recipe], others);
    cloud.services.ec2['ReplaceImageCriteriaInAllowedImagesSettings']?.({ ImageCriteria }, at);
    cloud.services.ec2['EnableAllowedImagesSettings']?.({ AllowedImagesSettingsState: 'enabled' }, at);
    const launch = (ImageId = '') => {
      const input = { ImageId, InstanceType: 't3.small', MinCount: 1, MaxCount: 1 };
      try {
        return cloud.services.ec2['RunInstances']?.(input, at) ? 'launched' : 'nothing';
      } catch (error) {
        return (error as Error).name;
      }
    };
    expect(launch(published?.id)).toBe('launched');
    const marks = published!.watermarks;
    published!.watermarks = [];
    expect(launch(published?.id)).toBe('InvalidAMIID.NotFound');
    published!.watermarks = marks;
    await simulation.pass(31 * 24 * 3600);
    expect(launch(published?.id)).toBe('InvalidAMIID.NotFound');
  });
});
