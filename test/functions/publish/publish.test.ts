import { expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import {
  build,
  caller,
  leftIn,
  manifestIn,
  nothing,
  onlyManifest,
  pipeline,
  stoppedAt,
  unheard,
} from '../../support/pipeline.ts';

const stop = ({ clock, stepFunctions }: Simulation, executionArn: string) =>
  clock.at(clock.now(), () => stepFunctions.actions['StopExecution']?.({ executionArn }, caller));

test('a channel moves everywhere or nowhere: after a refused write every region holds what it held', async () => {
  const simulation = pipeline({
    scenario: {
      api: [
        { action: 'ssm:PutParameter', region: 'eu-west-1', call: 2, error: 'AccessDeniedException', message: 'no' },
      ],
    },
  });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  const before = leftIn(simulation);
  expect(await build(simulation, { recipe: 'base', force: true })).toMatchObject({
    error: 'PublishFailed',
    cause: expect.stringContaining('eu-west-1'),
  });
  expect(leftIn(simulation)).toEqual(before);
});

test('a publish is taken back although the bucket does not take a word on it', async () => {
  const api = [{ action: 'ssm:PutParameter', region: 'eu-west-1', error: 'AccessDeniedException' }];
  const simulation = pipeline({ scenario: { api } });
  const put = simulation.cloud.services.s3['PutObject'];
  simulation.cloud.services.s3['PutObject'] = (input, from) => {
    if ((input as { Body: string }).Body.includes('takenBack'))
      throw Object.assign(new Error('no'), { name: 'AccessDenied' });
    return put?.(input, from);
  };
  expect(await build(simulation)).toMatchObject({ error: 'PublishFailed' });
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)?.failure?.left).toEqual([expect.stringMatching(/channel.json.*AccessDenied/)]);
});

test('a first publish that fails leaves no parameter behind', async () => {
  const api = [{ action: 'ssm:PutParameter', region: 'ap-southeast-2', error: 'AccessDeniedException', message: 'no' }];
  const simulation = pipeline({ scenario: { api } });
  expect(await build(simulation)).toMatchObject({ error: 'PublishFailed' });
  expect(leftIn(simulation)).toEqual(nothing);
});

test('an older build that is completed late does not move the channel back', async () => {
  const simulation = pipeline(unheard);
  const id = await stoppedAt(simulation, 'Publish');
  const newer = await build(simulation);
  const before = leftIn(simulation).channels;
  const older = await build(simulation, { recipe: 'base', build: id });
  expect(older).toMatchObject({
    error: 'PublishFailed',
    cause: expect.stringContaining(manifestIn(simulation, newer).build),
  });
  expect(leftIn(simulation).channels).toEqual(before);
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
