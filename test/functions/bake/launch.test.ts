import { describe, expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import {
  build,
  imageIn,
  launched,
  leftIn,
  manifestIn,
  nothing,
  onlyManifest,
  pipeline,
  recipe,
  statesEntered,
} from '../../support/pipeline.ts';

const hour = 3600;
const short = { distribute: [recipe.distribute[0]], provision: [recipe.provision[0]] };
const refusing = (action: string, error: string, more: object = {}) => ({ action, error, message: 'none', ...more });
const noRoom = (more: object = {}) => refusing('ec2:RunInstances', 'InsufficientInstanceCapacity', more);
const dying = (role: string, reason: string, more: object = {}) => ({
  role,
  dies: { afterSeconds: 4, reason },
  ...more,
});
const internal = 'Server.InternalError: Internal error on launch';
const insufficient = 'Server.InsufficientInstanceCapacity: Insufficient capacity to satisfy instance request';

const requests = ({ cloud }: Simulation) => cloud.calls.filter(({ action }) => action === 'RunInstances');
const seconds = ({ startDate, stopDate }: { startDate: Date; stopDate?: Date | undefined }) =>
  (stopDate!.getTime() - startDate.getTime()) / 1000;

describe('a ladder of 10 instance types in 6 subnets, where every request takes 20 seconds', () => {
  const subnets = Array.from({ length: 6 }, (_, n) => `subnet-000000a${n}`);
  const instanceTypes = ['m5', 'm5a', 'c5', 'r5', 't3'].flatMap((family) =>
    ['large', 'xlarge'].map((size) => `${family}.${size}`),
  );
  const delays = { runInstancesCall: 20 };
  const wide = (api: unknown[]) => {
    const builder = { ...recipe.builder, instanceTypes, subnets };
    return pipeline({ scenario: { api, delays }, changes: { ...short, builder } });
  };

  test('is gone through to its last place, which has room', async () => {
    const simulation = wide([noRoom({ times: 59 })]);
    const execution = await build(simulation);
    expect(execution.cause).toBeUndefined();
    expect(execution.status).toBe('SUCCEEDED');
    expect(requests(simulation)).toHaveLength(61); // and one for the candidate
    expect(launched(simulation, 'builder')).toMatchObject([{ type: 't3.xlarge', subnet: { id: 'subnet-000000a5' } }]);
  });
});

test('a place without room costs one request', async () => {
  const simulation = pipeline({ scenario: { api: [noRoom({ times: 1 })] }, changes: short });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(requests(simulation)).toHaveLength(3);
  expect(launched(simulation, 'builder').map(({ type }) => type)).toEqual(['t3a.small']);
});

test.each([
  ['builder', insufficient],
  ['candidate', internal],
])('a %s that ends while it is launched (%s) is followed by one in the next place', async (role, reason) => {
  const simulation = pipeline({ scenario: { instances: [dying(role, reason, { times: 1 })] }, changes: short });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(launched(simulation, role).map(({ type }) => type)).toEqual(['t3.small', 't3a.small']);
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
});

test('builders that end at every launch end the build, after a bounded number of them', async () => {
  const simulation = pipeline({ scenario: { instances: [dying('builder', insufficient)] }, changes: short });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'CapacityUnavailable' });
  expect(execution.cause).toContain('Server.InsufficientInstanceCapacity');
  expect(launched(simulation, 'builder')).toHaveLength(4);
  expect(leftIn(simulation)).toEqual(nothing);
});

test.each(['Client.InternalError: Client error on launch', 'Client.VolumeLimitExceeded: Volume limit exceeded'])(
  'a builder that ends by our own fault ends the build: %s',
  async (reason) => {
    const simulation = pipeline({ scenario: { instances: [dying('builder', reason)] }, changes: short });
    const execution = await build(simulation);
    expect(execution).toMatchObject({ error: 'BuilderFailed', cause: expect.stringContaining(reason) });
    expect(launched(simulation, 'builder')).toHaveLength(1);
    expect(leftIn(simulation)).toEqual(nothing);
  },
);

test('an answer of RunInstances that is lost makes no twin, whatever has room when it is asked for again', async () => {
  const api = [noRoom({ times: 1 }), refusing('ec2:RunInstances', 'ECONNRESET', { call: 2, times: 1, after: true })];
  const simulation = pipeline({ scenario: { api }, changes: short });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(launched(simulation, 'builder').map(({ type }) => type)).toEqual(['t3a.small']);
});

test('a deployment between a lost answer and its repetition makes no twin, and costs no build', async () => {
  const api = [refusing('ec2:RunInstances', 'IdempotentParameterMismatch', { times: 1 })];
  const simulation = pipeline({ scenario: { api }, changes: short });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(launched(simulation, 'builder')).toHaveLength(1);
});

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

test('CreateImage waits for hours while too many snapshots are pending, and the builder is not thrown away', async () => {
  const api = [refusing('ec2:CreateImage', 'PendingSnapshotLimitExceeded', { times: 25 })];
  const simulation = pipeline({ scenario: { api }, changes: short });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(seconds(execution)).toBeGreaterThan(hour);
  expect(launched(simulation, 'builder')).toHaveLength(1);
});

test('a limit that stays full ends the build in the end, and nothing is left', async () => {
  const api = [refusing('ec2:CreateImage', 'PendingSnapshotLimitExceeded')];
  const simulation = pipeline({ scenario: { api }, changes: short });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'LimitReached' });
  expect(seconds(execution)).toBeGreaterThan(4 * hour);
  expect(leftIn(simulation)).toEqual(nothing);
});

test('an account that AWS still verifies is waited for', async () => {
  const api = [refusing('ec2:RunInstances', 'PendingVerification', { times: 30 })];
  const simulation = pipeline({ scenario: { api }, changes: short });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
});
