import { expect, test } from '@jest/globals';
import {
  account,
  build,
  copied,
  imageIn,
  leftIn,
  manifestIn,
  nothing,
  oneImageEach,
  pipeline,
  regions,
  targets,
  type Setting,
} from '../../support/pipeline.ts';
import type { InterferedCall } from '../../../simulator/pipeline/interference.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';

const distribute = [targets.home, { ...targets.copied, completeWithin: '15m' }, targets.optional];
const slow = (afterSeconds: number, more: object = {}) => ({ region: copied, name: '*', afterSeconds, ...more });
const racing = (images: object[], setting: Setting = {}, more: object = {}) =>
  pipeline({ ...setting, changes: { distribute, ...more }, scenario: { images, ...(setting.scenario as object) } });

/** The copies that the region ever had, in the order of their requests, with their states. */
const copiesIn = ({ cloud }: Simulation) =>
  [...cloud.world.region(copied).images.values()]
    .filter(({ owner }) => owner === account)
    .map(({ id, state }) => ({ id, state }));

test('a slow copy gets a second, time-based one; the first to complete is published, and the other one is gone', async () => {
  const simulation = racing([slow(6 * 3600)]);
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  const [first, second] = copiesIn(simulation);
  expect(imageIn(simulation, copied).id).toBe(second?.id);
  expect(first?.state).toBe('deregistered');
  const target = manifestIn(simulation, execution).targets.find(({ region }) => region === copied);
  expect(target).toMatchObject({ ami: second?.id, status: 'published' });
  const left = leftIn(simulation);
  expect(left).toMatchObject({ images: oneImageEach, channels: { [copied]: second?.id } });
  expect(left.snapshots).toHaveLength(3);
});

test('a slow copy that completes before the second one is published, and the second one is gone', async () => {
  const simulation = racing([slow(20 * 60)]);
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  const [first, second] = copiesIn(simulation);
  expect(imageIn(simulation, copied).id).toBe(first?.id);
  expect(second?.state).toBe('deregistered');
  expect(leftIn(simulation).snapshots).toHaveLength(3);
});

test('if AWS refuses the second copy, the slow one goes on alone', async () => {
  const refused = { action: 'ec2:CopyImage', region: copied, call: 2, times: 9, error: 'ResourceLimitExceeded' };
  const simulation = racing([slow(3600)], { scenario: { api: [refused] } });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(copiesIn(simulation)).toHaveLength(1);
});

test('if both copies fail, the build fails with the reason of EC2, and nothing is left', async () => {
  const simulation = racing([slow(3600, { fail: 'Internal error' })]);
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('Internal error') });
  expect(copiesIn(simulation).map(({ state }) => state)).toEqual(['deregistered', 'deregistered']);
  expect(leftIn(simulation)).toEqual(nothing);
});

test.each(['AwaitCopy', 'GrantPermissions', 'Verify', 'CleanUp'])(
  'a build that dies in %s after a second copy was begun leaves no twin',
  async (state) => {
    let copies = 0;
    const enter = (entered: string) => {
      if (entered === 'CopyImage') copies++;
      return copies > regions.length && entered === state ? ('ABORTED' as const) : undefined;
    };
    const simulation = racing([slow(6 * 3600)], { interfere: { enter } });
    expect((await build(simulation)).status).toBe('ABORTED');
    await simulation.pass(7200);
    expect(leftIn(simulation).images).toEqual(state === 'CleanUp' ? oneImageEach : []);
    expect(leftIn(simulation).snapshots).toHaveLength(leftIn(simulation).images.length);
  },
);

test.each(['before', 'after'] as const)(
  'a connection that drops %s the second copy is begun makes no third one',
  async (drops) => {
    let copies = 0;
    const call = ({ action, region }: InterferedCall) =>
      action === 'CopyImage' && region === copied && ++copies === 2 ? drops : undefined;
    const simulation = racing([slow(6 * 3600)], { interfere: { call } });
    expect((await build(simulation)).status).toBe('SUCCEEDED');
    expect(copiesIn(simulation)).toHaveLength(2);
    expect(leftIn(simulation).images).toEqual(oneImageEach);
  },
);

test('a build that failed while two copies were there keeps one of them, and goes on with it', async () => {
  let refuse = true;
  const invoke = (stage: string, _: number, run: () => Promise<unknown>) =>
    stage === 'Publish' && refuse ? Promise.reject(Object.assign(new Error('no'), { name: 'PublishFailed' })) : run();
  const simulation = racing([slow(20 * 60)], { interfere: { invoke } }, { onFailure: 'keep-image' });
  const failed = await build(simulation);
  expect(failed.status).toBe('FAILED');
  expect(leftIn(simulation).images).toEqual(oneImageEach);
  refuse = false;
  const id = imageIn(simulation, copied).tags.get('golden:build');
  const again = await build(simulation, { recipe: 'base', build: id });
  expect(again.status).toBe('SUCCEEDED');
  expect(leftIn(simulation).images).toEqual(oneImageEach);
});
