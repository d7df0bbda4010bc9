import { expect, test } from '@jest/globals';
import type { Action } from '../../../simulator/aws/calls/actions.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../../simulator/states/step-functions.ts';
import {
  caller,
  copied,
  home,
  launched,
  leftIn,
  nothing,
  oneImageEach,
  onlyManifest,
  optional,
  pipeline,
  regions,
  type Setting,
  statesEntered,
  unheard,
} from '../../support/pipeline.ts';

const hour = 3600;

/** A build that ended the first time it entered a state. */
async function ended(state: string, status: 'ABORTED' | 'TIMED_OUT' = 'ABORTED', setting: Setting = {}) {
  const simulation = pipeline({
    ...setting,
    interfere: { enter: (entered, visit) => (entered === state && visit === 1 ? status : undefined) },
  });
  const arn = simulation.start({ recipe: 'base' });
  expect((await simulation.finish(arn)).status).toBe(status);
  return { simulation, arn };
}

async function redriven(simulation: Simulation, arn: string): Promise<Execution> {
  simulation.redrive(arn);
  return simulation.finish(arn);
}

test('a wait that is redriven hours after its bound looks once before it gives up', async () => {
  const { simulation, arn } = await ended('AwaitBuilder', 'ABORTED', unheard);
  await simulation.pass(3 * hour);
  expect((await redriven(simulation, arn)).status).toBe('SUCCEEDED');
  const silent = await ended('AwaitBuilder', 'ABORTED', {
    scenario: { ...unheard.scenario, agents: [{ role: 'builder', online: false }] },
  });
  await silent.simulation.pass(3 * hour);
  expect(await redriven(silent.simulation, silent.arn)).toMatchObject({ status: 'FAILED', error: 'WaitTimedOut' });
});

/** Executions of clean-up-build in the order they were started. */
function cleanUps({ stepFunctions, stateMachineArn }: Simulation): Execution[] {
  const request = { stateMachineArn: stateMachineArn.replace('build-image', 'clean-up-build') };
  const list = stepFunctions.actions['ListExecutions'] as Action;
  const { executions } = list(request, caller) as { executions: { executionArn: string }[] };
  return executions.toReversed().map(({ executionArn }) => stepFunctions.execution(executionArn));
}

const stop = (simulation: Simulation, executionArn: string) =>
  void simulation.stepFunctions.actions['StopExecution']?.({ executionArn }, caller);

function expectPublishedOnce(simulation: Simulation): void {
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
  expect(leftIn(simulation).images).toEqual(oneImageEach);
  expect(Object.keys(leftIn(simulation).channels)).toEqual(regions);
  expect([launched(simulation, 'builder').length, launched(simulation, 'candidate').length]).toEqual([1, 1]);
  expect(onlyManifest(simulation)).toMatchObject({ status: 'published', failure: null });
}

test.each([
  ['ABORTED', 'Resolve'],
  ['ABORTED', 'Launch'],
  ['ABORTED', 'AwaitCommand'],
  ['TIMED_OUT', 'CreateImage'],
  ['ABORTED', 'AwaitCopy'],
  ['ABORTED', 'Publish'],
] as const)(
  'a build that is %s at %s and redriven at once is completed, and its clean-up stands back',
  async (status, state) => {
    const { simulation, arn } = await ended(state, status);
    expect((await redriven(simulation, arn)).status).toBe('SUCCEEDED');
    await simulation.pass(hour);
    expectPublishedOnce(simulation);
    expect(cleanUps(simulation)).toMatchObject([{ status: 'SUCCEEDED' }]);
  },
);

test('a clean-up stands back from a build that goes on for hours, and the next one undoes it when that is stopped', async () => {
  const { simulation, arn } = await ended('AwaitCopy', 'ABORTED', { scenario: { delays: { copyImage: 4 * hour } } });
  const told: unknown[] = [];
  simulation.cloud.events.onEvent(({ source, detail }) => source === 'aws.states' && told.push(detail));
  simulation.redrive(arn);
  await simulation.pass(hour);
  expect(told).toContainEqual(
    expect.objectContaining({ executionArn: arn, status: 'RUNNING', redriveCount: 1, redriveDate: expect.any(Number) }),
  );
  expect(cleanUps(simulation)).toMatchObject([{ status: 'SUCCEEDED' }]);
  const other = await simulation.finish(simulation.start({ recipe: 'base' }));
  expect(other).toMatchObject({ error: 'RecipeBusy', cause: expect.stringContaining(arn) });
  expect(leftIn(simulation).images).toEqual([`${home} available`, `${copied} pending`, `${optional} pending`]);
  stop(simulation, arn);
  await simulation.pass(hour);
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)).toMatchObject({ status: 'failed', failure: { error: 'ABORTED', left: [] } });
});

const creating = ['Launch', 'CreateImage', 'LaunchCandidate', 'CopyImage', 'Publish'];

test.each([
  ...creating.map((state) => ['while it is cleaned up', state, 60] as const),
  ...['Launch', 'CopyImage', 'Publish'].map((state) => ['after it was cleaned up', state, hour] as const),
])('a build that is redriven %s makes nothing any more (%s)', async (_, state, after) => {
  const { simulation, arn } = await ended(state);
  await simulation.pass(after);
  const before = [launched(simulation, 'builder').length, launched(simulation, 'candidate').length];
  const again = await redriven(simulation, arn);
  expect(again.status).toBe('FAILED');
  expect(again.cause).toMatch(/clean-up-build.*took .* over.*Start the recipe again/s);
  await simulation.pass(hour);
  expect(leftIn(simulation)).toEqual(nothing);
  expect([launched(simulation, 'builder').length, launched(simulation, 'candidate').length]).toEqual(before);
  expect(onlyManifest(simulation)).toMatchObject({ status: 'failed', failure: { error: 'ABORTED', left: [] } });
});

test('a build that is redriven and fails is undone', async () => {
  const { simulation, arn } = await ended('AwaitImage', 'ABORTED', {
    scenario: { commands: [{ step: 'boots', exitCode: 1 }] },
  });
  expect(await redriven(simulation, arn)).toMatchObject({ status: 'FAILED', error: 'CheckFailed' });
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)).toMatchObject({ failure: { state: 'AwaitCheck', error: 'CheckFailed', left: [] } });
});

test('a build whose clean-up died is undone by its own execution when that is redriven', async () => {
  const { simulation, arn } = await ended('AwaitCopy', 'ABORTED', { scenario: { delays: {} } });
  await simulation.pass(10);
  stop(simulation, cleanUps(simulation)[0]?.arn ?? '');
  expect(leftIn(simulation)).not.toEqual(nothing);
  expect((await redriven(simulation, arn)).status).toBe('FAILED');
  expect(leftIn(simulation)).toEqual(nothing);
  await simulation.pass(hour);
  expect(onlyManifest(simulation)?.failure?.left).toEqual([]);
});

test('a build that undid itself fails again when it is redriven, says what to do, and keeps its record', async () => {
  const simulation = pipeline({ scenario: { commands: [{ step: 'boots', exitCode: 1 }] } });
  const arn = simulation.start({ recipe: 'base' });
  const { cause, error } = await simulation.finish(arn);
  expect(cause).toContain('Redrive would only end here again: to go on, start a new execution');
  await simulation.pass(hour);
  const before = onlyManifest(simulation);
  expect(await redriven(simulation, arn)).toMatchObject({ status: 'FAILED', error, cause });
  await simulation.pass(hour);
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)).toEqual(before);
});

test('a redriven build does not build beside another of its recipe, but is undone', async () => {
  const { simulation, arn } = await ended('LaunchCandidate', 'ABORTED', unheard);
  const other = simulation.start({ recipe: 'base' });
  await simulation.pass(30);
  const again = await redriven(simulation, arn);
  expect(again).toMatchObject({ error: 'RecipeBusy', cause: expect.stringContaining(other) });
  expect(statesEntered(again)).not.toContain('AwaitCandidate');
  expect((await simulation.finish(other)).status).toBe('SUCCEEDED');
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
  expect(leftIn(simulation).images).toEqual(oneImageEach);
});

test('a build that nobody cleaned up but the sweep makes nothing when it is redriven', async () => {
  const { simulation, arn } = await ended('CopyImage', 'ABORTED', unheard);
  await simulation.pass(9 * 24 * hour);
  expect((await simulation.finish(simulation.sweep())).status).toBe('SUCCEEDED');
  await simulation.pass(hour);
  expect(leftIn(simulation)).toEqual(nothing);
  expect((await redriven(simulation, arn)).cause).toMatch(/sweep:sweep-2 took .* over/);
  await simulation.pass(hour);
  expect(leftIn(simulation)).toEqual(nothing);
});

test('images that a clean-up kept survive a redrive, and starting the build again publishes them', async () => {
  const { simulation, arn } = await ended('Verify', 'ABORTED', { changes: { onFailure: 'keep-image' } });
  const id = launched(simulation, 'builder')[0]?.tags.get('golden:build');
  await simulation.pass(hour);
  const kept = onlyManifest(simulation)?.failure?.kept;
  expect(kept).toHaveLength(3);
  expect((await redriven(simulation, arn)).status).toBe('FAILED');
  await simulation.pass(hour);
  expect(onlyManifest(simulation)?.failure?.kept?.map(({ ami }) => ami)).toEqual(kept?.map(({ ami }) => ami));
  const again = await simulation.finish(simulation.start({ recipe: 'base', build: id }));
  expect(again.status).toBe('SUCCEEDED');
  expect(leftIn(simulation).images).toEqual(oneImageEach);
  expect(Object.keys(leftIn(simulation).channels)).toEqual(regions);
});

test('a build that died after its image was published is recorded as published when it is redriven', async () => {
  const { simulation, arn } = await ended('CleanUp');
  await simulation.pass(hour);
  expect((await redriven(simulation, arn)).status).toBe('SUCCEEDED');
  await simulation.pass(hour);
  expectPublishedOnce(simulation);
});

test('a build that is stopped while it undoes itself goes on undoing when it is redriven', async () => {
  const { simulation, arn } = await ended('Compensate', 'ABORTED', {
    scenario: { commands: [{ step: 'boots', exitCode: 1 }] },
  });
  expect(await redriven(simulation, arn)).toMatchObject({ error: 'CheckFailed' });
  await simulation.pass(hour);
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)?.failure).toMatchObject({ error: 'CheckFailed', left: [] });
});

test.each(['Begin', 'Compensate', 'RecordFailure'])(
  'a clean-up that is stopped at %s and redriven hours later ends what it began',
  async (state) => {
    const stops = { build: 'AwaitCopy', 'clean-up': state };
    const simulation = pipeline({
      interfere: {
        enter: (entered, _, { execution }) =>
          stops[execution.name === 'build' ? 'build' : 'clean-up'] === entered ? 'ABORTED' : undefined,
      },
    });
    await simulation.finish(simulation.start({ recipe: 'base' }, 'build'));
    await simulation.pass(5 * hour);
    const [cleanUp] = cleanUps(simulation) as [Execution];
    expect(cleanUp.status).toBe('ABORTED');
    expect((await redriven(simulation, cleanUp.arn)).status).toBe('SUCCEEDED');
    expect(leftIn(simulation)).toEqual(nothing);
    expect(onlyManifest(simulation)?.failure?.left).toEqual([]);
  },
);
