import { describe, expect, test } from '@jest/globals';
import {
  build,
  imageIn,
  leftIn,
  manifestIn,
  nothing,
  onlyManifest,
  pipeline,
  recipe,
  statesEntered,
  targets,
} from '../../support/pipeline.ts';

const hour = 3600;
const short = { distribute: [targets.home], provision: [recipe.provision[0]] };
const refusing = (action: string, error: string, more: object = {}) => ({ action, error, message: 'none', ...more });
const noRoom = (more: object = {}) => refusing('ec2:RunInstances', 'InsufficientInstanceCapacity', more);

const seconds = ({ startDate, stopDate }: { startDate: Date; stopDate?: Date | undefined }) =>
  (stopDate!.getTime() - startDate.getTime()) / 1000;

test('a candidate that finds no room for an hour costs no image', async () => {
  const simulation = pipeline({ scenario: { api: [noRoom({ call: 2, times: 8 })] }, changes: short });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(seconds(execution)).toBeGreaterThan(0.7 * hour);
  expect(manifestIn(simulation, execution).status).toBe('published');
});

describe('a candidate that finds no room at all', () => {
  test('is given up after hours; its image is kept, private, and the same build goes on with it later', async () => {
    const simulation = pipeline({ scenario: { api: [noRoom({ call: 2 })] }, changes: short });
    const execution = await build(simulation);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'CapacityUnavailable' });
    expect(seconds(execution)).toBeGreaterThan(4 * hour);
    expect(seconds(execution)).toBeLessThan(9 * hour);
    const { id, permissions, tags } = imageIn(simulation, 'us-east-1');
    expect(permissions).toEqual([]);
    const { build: failed, failure } = onlyManifest(simulation)!;
    expect(failure?.state).toBe('LaunchCandidate');
    expect(failure?.kept).toMatchObject([{ region: 'us-east-1', ami: id, expires: tags.get('golden:expires') }]);
    expect(execution.cause).toContain(`start {"recipe": "base", "build": "${failed}"}`);

    simulation.cloud.world.rules.api = [];
    const second = await build(simulation, { recipe: 'base', build: failed });
    expect(second.status).toBe('SUCCEEDED');
    expect(statesEntered(second)).not.toContain('CreateImage');
    const image = imageIn(simulation, 'us-east-1');
    expect([image.id, image.tags.get('golden:expires')]).toEqual([id, undefined]);
  });

  test('does not keep an image that a later start finds wanting', async () => {
    const api = [noRoom({ call: 2 })];
    const commands = [{ step: 'boots', exitCode: 1 }];
    const simulation = pipeline({ scenario: { api, commands }, changes: short });
    await build(simulation);
    simulation.cloud.world.rules.api = [];
    const again = await build(simulation, { recipe: 'base', build: onlyManifest(simulation)?.build });
    expect(again).toMatchObject({ error: 'CheckFailed' });
    expect(leftIn(simulation)).toEqual(nothing);
  });

  test('for another reason than room keeps its image, too', async () => {
    const api = [refusing('ec2:RunInstances', 'UnauthorizedOperation', { call: 2 })];
    const simulation = pipeline({ scenario: { api }, changes: short });
    expect(await build(simulation)).toMatchObject({ error: 'AwsRefused' });
    expect(onlyManifest(simulation)?.failure?.kept).toHaveLength(1);
  });
});
