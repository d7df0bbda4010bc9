import { expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { build, launched, leftIn, nothing, onlyManifest, pipeline, recipe, targets } from '../../support/pipeline.ts';

const taken = 'Server.SpotInstanceTermination: Instance terminated due to spot instance interruption';
const spot = (scenario: object = {}, more: object = {}) =>
  pipeline({
    scenario,
    changes: { distribute: [targets.home], builder: { ...recipe.builder, spot: true, ...more } },
  });
const builders = (simulation: Simulation) =>
  launched(simulation, 'builder').map(({ type, spotRequest }) => `${type} ${spotRequest ? 'spot' : 'on demand'}`);
const dies = (afterSeconds: number) => ({ instances: [{ role: 'builder', dies: { afterSeconds, reason: taken }, times: 1 }] });

test('a builder is a Spot Instance, which EC2 reboots for its image; the candidate is on demand', async () => {
  const simulation = spot({}, { spotMaxPrice: '0.0104' });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(builders(simulation)).toEqual(['t3.small spot']);
  expect(launched(simulation, 'candidate')[0]?.spotRequest).toBeUndefined();
  expect(simulation.cloud.calls.filter(({ action }) => action === 'StopInstances')).toEqual([]);
  expect(simulation.cloud.calls.find(({ action }) => action === 'CreateImage')?.params).toMatchObject({ NoReboot: false });
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
});

test.each([
  ['no instance', { spot: { capacity: 'absent' } }],
  ['no instance at this price', { spot: { price: 0.02 } }],
  ['no quota', { spotVcpuLimit: 0 }],
])('where spot has %s, the builder is on demand, after every place was tried', async (_what, scenario) => {
  const simulation = spot(scenario, { spotMaxPrice: '0.0104' });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(builders(simulation)).toEqual(['t3.small on demand']);
  expect(simulation.cloud.calls.filter(({ action }) => action === 'RunInstances')).toHaveLength(4);
});

test.each([
  ['before its agent is online', 5],
  ['during a step', 150],
])('a Spot Instance that EC2 takes back %s is followed by one on demand, on which all steps run', async (_when, after) => {
  const simulation = spot({ ...dies(after), commands: [{ step: 'patch', seconds: 300 }] });
  const execution = await build(simulation);
  expect(execution.cause).toBeUndefined();
  expect(builders(simulation)).toEqual(['t3.small spot', 't3.small on demand']);
  const [, second] = launched(simulation, 'builder');
  const sent = simulation.cloud.calls.filter(
    ({ action, params }) => action === 'SendCommand' && (params as { InstanceIds: string[] }).InstanceIds[0] === second?.id,
  );
  expect(sent).toHaveLength(3);
  expect(onlyManifest(simulation)?.status).toBe('published');
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
});

test('a builder on demand that ends during a step still ends the build', async () => {
  const simulation = pipeline({
    scenario: { ...dies(150), commands: [{ step: 'patch', seconds: 300 }] },
    changes: { distribute: [targets.home] },
  });
  expect(await build(simulation)).toMatchObject({ status: 'FAILED', error: 'BuilderFailed' });
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a step that failed on the Spot Instance and not on the builder that followed has not failed in this build', async () => {
  const provision = [{ name: 'optional', run: 'true', onFailure: 'continue' }, { name: 'patch', run: 'true' }];
  const commands = [{ step: 'optional', exitCode: 1, times: 1 }, { step: 'patch', seconds: 300 }];
  const changes = { distribute: [targets.home], provision, builder: { ...recipe.builder, spot: true } };
  const simulation = pipeline({ scenario: { ...dies(150), commands }, changes });
  await build(simulation);
  expect(builders(simulation)).toEqual(['t3.small spot', 't3.small on demand']);
  expect(onlyManifest(simulation)?.status).toBe('published');
  expect(onlyManifest(simulation)).not.toHaveProperty('failedSteps');
});
