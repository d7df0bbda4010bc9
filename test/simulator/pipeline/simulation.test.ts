import { expect, test } from '@jest/globals';
import { parseScenario } from '../../../simulator/pipeline/scenario.ts';
import { createSimulation } from '../../../simulator/pipeline/simulation.ts';
import type { SimulationOptions } from '../../../simulator/pipeline/simulation-options.ts';
import { build, recipe } from '../../support/pipeline.ts';

async function bake(options: Partial<SimulationOptions>) {
  const simulation = createSimulation({
    catalog: { recipes: { base: recipe }, scripts: {}, version: '1.0.0' },
    ...options,
  });
  const { status, error } = await build(simulation);
  const calls = simulation.cloud.calls.map(
    (call) => `${call.at} ${call.by} ${call.action} ${call.region} ${call.error}`,
  );
  // Wake looks for what nobody waits for, and an answer may come too late for its token: both are no mishaps.
  const errors = simulation.cloud.calls.filter((call) => call.error && !/NoSuchKey|TaskTimedOut/.test(call.error));
  return { status, error, calls, errors: errors.length };
}

test('a rough bake meets mishaps, the same ones for the same seed', async () => {
  const smooth = await bake({});
  const rough = await bake({ rough: true, seed: 3 });
  const another = await bake({ rough: true, seed: 4 });
  expect(rough.errors + another.errors).toBeGreaterThan(2 * smooth.errors + 3);
  expect(await bake({ rough: true, seed: 3 })).toEqual(rough);
  expect(another).not.toEqual(rough);
});

test('a scenario file can ask for it, name its seed, and set rates of its own', async () => {
  const quiet = { lateReads: 0, staleReads: 0, lostAnswers: 0, noCapacity: 0 };
  expect(await bake({ scenario: { rough: true, seed: 3 } })).toEqual(await bake({ rough: true, seed: 3 }));
  const calm = await bake({ scenario: { rough: true, rates: quiet } });
  expect(calm.calls.filter((call) => /ECONNRESET|ID\.NotFound|Capacity/.test(call))).toEqual([]);
  expect(() => parseScenario({ rates: { lostAnwers: 1 } })).toThrow('lostAnwers');
  expect(() => parseScenario({ rates: { lostAnswers: 2 } })).toThrow('lostAnswers');
});

test('lost answers are tried again by the SDK', async () => {
  const { status, calls } = await bake({ rates: { lostAnswers: 0.02 } });
  expect(status).toBe('SUCCEEDED');
  expect(calls.filter((call) => call.endsWith('ECONNRESET')).length).toBeGreaterThan(2);
});
