import { expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { build, caller, imageIn, leftIn, nothing, onlyManifest, pipeline } from '../../support/pipeline.ts';

const stop = ({ clock, stepFunctions }: Simulation, executionArn: string) =>
  clock.at(clock.now(), () => stepFunctions.actions['StopExecution']?.({ executionArn }, caller));

const stopping = "Instance is not in state 'running' or 'stopped': i-0 is stopping";

test('calls that do not know our own fresh things yet, or see them as they were, are made again', async () => {
  const api = [
    { action: 'ec2:CopyImage', times: 2, error: 'InvalidAMIID.NotFound' },
    { action: 'ec2:ModifyImageAttribute', times: 2, error: 'InvalidAMIID.Unavailable' },
    { action: 'ec2:ModifySnapshotAttribute', times: 2, error: 'InvalidSnapshot.NotFound' },
    { action: 'ec2:DescribeImageAttribute', times: 2, error: 'InvalidAMIID.NotFound' },
    { action: 'ec2:DescribeSnapshotAttribute', times: 2, error: 'InvalidSnapshot.NotFound' },
    { action: 'ec2:CreateImage', times: 2, error: 'IncorrectInstanceState' },
    { action: 'ec2:CreateImage', call: 3, times: 2, error: 'InvalidParameterValue', message: stopping },
    { action: 'ec2:StopInstances', times: 2, error: 'InvalidInstanceID.NotFound' },
    { action: 'ec2:RunInstances', call: 2, times: 2, error: 'InvalidAMIID.NotFound' }, // the candidate's
  ];
  const simulation = pipeline({ scenario: { api } });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(simulation.cloud.idleRules()).toEqual([]);
  expect(leftIn(simulation).images).toHaveLength(3);
});

test('a parameter that EC2 calls wrong for good ends the build', async () => {
  const simulation = pipeline({
    scenario: { api: [{ action: 'ec2:CreateImage', error: 'InvalidParameterValue', message: 'bad name' }] },
  });
  expect(await build(simulation)).toMatchObject({ error: 'AwsRefused' });
});

test.each([5, 10, 17, 22, 26])(
  'an AWS with its late reads, lost answers and long tails (seed %i) is survived',
  async (seed) => {
    const simulation = pipeline({ scenario: { seed, rough: true } });
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
    expect(leftIn(simulation).images).toHaveLength(3);
  },
);

test('a permission that shows late is waited for', async () => {
  const simulation = pipeline();
  const describe = simulation.cloud.services.ec2['DescribeImageAttribute'];
  let blind = 3;
  simulation.cloud.services.ec2['DescribeImageAttribute'] = (input, from) =>
    blind-- > 0 ? { ImageId: (input as { ImageId: string }).ImageId, LaunchPermissions: [] } : describe?.(input, from);
  expect((await build(simulation)).status).toBe('SUCCEEDED');
});

test('an image that somebody makes public while it is built is not published', async () => {
  const simulation = pipeline();
  const modify = simulation.cloud.services.ec2['ModifyImageAttribute'];
  simulation.cloud.services.ec2['ModifyImageAttribute'] = (input, from) => {
    if (from.region === 'us-east-1') imageIn(simulation, 'us-east-1').permissions.push({ Group: 'all' });
    return modify?.(input, from);
  };
  const { error, cause } = await build(simulation);
  expect({ error, cause }).toEqual({
    error: 'TargetsIncomplete',
    cause: expect.stringMatching(/us-east-1: ami-\w+ is public: everyone may launch it/),
  });
  expect(leftIn(simulation)).toEqual(nothing);
});

test('looks that AWS throttles for an hour do not end a wait', async () => {
  const delays = { copyImage: 7200 };
  const api = [
    { action: 'ec2:DescribeImages', region: 'eu-west-1', call: 3, times: 200, error: 'RequestLimitExceeded' },
  ];
  const simulation = pipeline({ scenario: { delays, api } });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
});

test('a copy that comes to light after everything else is gone is removed as well', async () => {
  const simulation = pipeline({
    scenario: { api: [{ action: 'ec2:CopyImage', region: 'eu-west-1', error: 'UnauthorizedOperation', after: true }] },
  });
  const describe = simulation.cloud.services.ec2['DescribeImages'];
  let hiddenUntil = Infinity;
  simulation.cloud.services.ec2['DescribeImages'] = (input, from) => {
    const answer = describe?.(input, from) as { Images: unknown[] };
    if (from.region !== 'eu-west-1') return answer;
    hiddenUntil = Math.min(hiddenUntil, simulation.clock.now() + 300_000);
    return simulation.clock.now() < hiddenUntil ? { ...answer, Images: [] } : answer;
  };
  expect((await build(simulation)).status).toBe('FAILED');
  expect(leftIn(simulation)).toEqual(nothing);
});

test.each([
  ['with', {}],
  ['without', { overrides: { publish: null } }],
])('the last word of a Publish that hangs comes too late once a clean-up has begun (%s a channel)', async (_, more) => {
  const simulation = pipeline();
  const { ec2, s3 } = simulation.cloud.services;
  const { PutObject: put } = s3;
  const { DeregisterImage: deregister } = ec2;
  const first = simulation.start({ recipe: 'base', ...more });
  let land: (() => unknown) | undefined;
  s3['PutObject'] = (input, from) => {
    const { Key, Body } = input as { Key: string; Body: string };
    if (land || !Key.endsWith('/channel.json') || !Body.includes('"complete": true')) return put?.(input, from);
    land = () => put?.(input, from);
    stop(simulation, first);
    throw Object.assign(new Error('no answer'), { name: 'AccessDenied' }); // one that no client repeats
  };
  let landed = 'never';
  ec2['DeregisterImage'] = (input, from) => {
    try {
      if (landed !== 'never') return deregister?.(input, from);
      land?.();
      landed = 'in time';
    } catch (error) {
      landed = (error as Error).name;
    }
    return deregister?.(input, from);
  };
  expect((await simulation.finish(first)).status).toBe('ABORTED');
  await simulation.pass(3600);
  expect(landed).toBe('PreconditionFailed');
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)).toMatchObject({ status: 'failed', failure: { error: 'ABORTED', left: [] } });
});
