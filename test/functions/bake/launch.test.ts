import { describe, expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { build, launched, leftIn, nothing, pipeline, recipe, targets } from '../../support/pipeline.ts';

const short = { distribute: [targets.home], provision: [recipe.provision[0]] };
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

test('an account that AWS still verifies is waited for', async () => {
  const api = [refusing('ec2:RunInstances', 'PendingVerification', { times: 30 })];
  const simulation = pipeline({ scenario: { api }, changes: short });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
});

test('no room anywhere is told with every place that was tried', async () => {
  const api = [{ action: 'ec2:RunInstances', error: 'InsufficientInstanceCapacity', message: 'none' }];
  const simulation = pipeline({ scenario: { api } });
  expect(await build(simulation)).toMatchObject({
    error: 'CapacityUnavailable',
    cause: expect.stringMatching(/t3\.small: .*t3a\.small: /),
  });
  expect(leftIn(simulation)).toEqual(nothing);
});

test('the next instance type is tried when the first has no room', async () => {
  const scenario = {
    api: [{ action: 'ec2:RunInstances', times: 5, error: 'InsufficientInstanceCapacity', message: 'none' }],
  };
  const simulation = pipeline({ scenario });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(launched(simulation, 'builder').map(({ type }) => type)).toEqual(['t3a.small']);
});

test('capacity that comes back is waited for', async () => {
  const scenario = {
    api: [{ action: 'ec2:RunInstances', times: 20, error: 'InsufficientInstanceCapacity', message: 'none' }],
  };
  const simulation = pipeline({ scenario });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(launched(simulation, 'builder')).toHaveLength(1);
});
