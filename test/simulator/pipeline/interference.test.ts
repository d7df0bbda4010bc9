import { expect, test } from '@jest/globals';
import { crash, timeOut, unknown, type Interference } from '../../../simulator/pipeline/interference.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import { build, launched, leftIn, nothing, recipe, statesEntered } from '../../support/pipeline.ts';

const simulate = (interfere: Interference, scenario?: unknown): Simulation =>
  createSimulation({ catalog: { recipes: { base: recipe }, scripts: {}, version: '1.0.0' }, interfere, scenario });
const made = (simulation: Simulation) => [leftIn(simulation).images.length, launched(simulation, 'builder').length];
const callsOf = ({ cloud }: Simulation, by: string, action: string) =>
  cloud.calls.filter((call) => call.by === by && call.action === action);

test.each([
  ['before', 1],
  ['after', 1],
] as const)('a connection that drops %s the effect is tried again by the SDK', async (when, builders) => {
  const simulation = simulate({
    call: ({ by, action, ordinal }) =>
      by === 'Launch' && ordinal === 4 && action === 'RunInstances' ? when : undefined,
  });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(callsOf(simulation, 'Launch', 'RunInstances').map(({ error }) => error)).toEqual(['ECONNRESET', undefined]);
  expect(made(simulation)).toEqual([3, builders]);
});

test('a scenario drops connections by the operating system’s name for it', async () => {
  const api = [{ action: 'ec2:CopyImage', region: 'eu-west-1', times: 1, error: 'ECONNRESET', after: true }];
  const simulation = simulate({}, { api });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(callsOf(simulation, 'CopyImage', 'CopyImage').filter(({ error }) => error === 'ECONNRESET')).toHaveLength(1);
  expect(made(simulation)).toEqual([3, 1]);
});

test('the calls of a function are counted, so that any one of them can fail, before or after its effect', async () => {
  const seen: string[] = [];
  const simulation = simulate({
    call({ by, action, ordinal }) {
      if (by !== 'CreateImage') return undefined;
      seen.push(`${ordinal} ${action}`);
      return action === 'CreateImage' ? { error: 'InternalError', effect: true } : undefined;
    },
  });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(seen.slice(2, 5)).toEqual(['3 GetObject', '4 CreateImage', '5 CreateImage']);
  expect(made(simulation)).toEqual([3, 1]);
});

test('a stage that is throttled at first goes on afterwards', async () => {
  const simulation = simulate({
    call: ({ by, ordinal }) =>
      by === 'Launch' && ordinal <= 5 ? { error: 'RequestLimitExceeded', effect: false } : undefined,
  });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(simulation.cloud.calls.filter(({ error }) => error === 'RequestLimitExceeded')).toHaveLength(5);
});

test('a call that is always denied ends the build', async () => {
  const simulation = simulate({
    call: ({ action }) => (action === 'CreateImage' ? { error: 'UnauthorizedOperation', effect: false } : undefined),
  });
  expect(await build(simulation)).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('CreateImage') });
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a token whose answer never arrives is looked after by the next heartbeat', async () => {
  let dropped = 0;
  const simulation = simulate({
    call: ({ action }) => (action === 'SendTaskSuccess' && dropped++ < 3 ? 'dropped' : undefined),
  });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(dropped).toBeGreaterThan(3);
});

test.each([
  ['before', crash],
  ['after', crash],
  ['after', unknown],
] as const)('a handler that crashes %s its work is run again and makes no twin', async (when, failure) => {
  const simulation = simulate({
    async invoke(stage, attempt, run) {
      if (attempt > 1 || !/^(Launch|CreateImage|CopyImage)$/.test(stage)) return run();
      if (when === 'after') await run();
      throw failure();
    },
  });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(made(simulation)).toEqual([3, 1]);
});

test('a handler that runs out of time is killed: what it would have called next never reaches AWS', async () => {
  const lines: unknown[] = [];
  const simulation: Simulation = createSimulation({
    catalog: { recipes: { base: recipe }, scripts: {}, version: '1.0.0' },
    onLog: (line) => lines.push(line['state']),
    interfere: {
      async invoke(stage, attempt, run, _payload, clock) {
        if (stage !== 'CreateImage' || attempt > 1) return run();
        const work = run();
        await clock.sleep(60); // the plan is being read, nothing made
        void work;
        throw timeOut(0.06);
      },
    },
  });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  const calls = simulation.cloud.calls.filter(({ by }) => by === 'CreateImage').map(({ action }) => action);
  expect(calls.filter((action) => action === 'CreateImage')).toHaveLength(1);
  expect(calls.filter((action) => action === 'GetObject').length).toBeGreaterThanOrEqual(2);
  expect(lines.filter((state) => state === 'CreateImage')).toHaveLength(1);
  expect(
    execution.history.some(({ taskFailedEventDetails }) => taskFailedEventDetails?.['error'] === 'Sandbox.Timedout'),
  ).toBe(true);
});

test('a function can be replaced altogether', async () => {
  const simulation = simulate({
    invoke: async (stage, _attempt, run, payload) =>
      stage === 'Resolve' ? Promise.reject(Object.assign(new Error('no'), { name: 'RecipeInvalid', payload })) : run(),
  });
  expect(await build(simulation)).toMatchObject({ error: 'RecipeInvalid' });
});

test.each(['ABORTED', 'TIMED_OUT'] as const)('an execution can end as %s where it enters a state', async (status) => {
  const visits: number[] = [];
  const simulation = simulate({
    enter(state, visit, { path }) {
      if (state !== 'AwaitCopy') return undefined;
      visits.push(visit);
      expect(path.map).toEqual([{ state: 'Copy', index: expect.any(Number) }]);
      return visit === 2 ? status : undefined;
    },
  });
  const execution = await build(simulation);
  expect(execution.status).toBe(status);
  expect(visits.slice(0, 2)).toEqual([1, 2]);
  expect(statesEntered(execution)).not.toContain('Verify');
});
