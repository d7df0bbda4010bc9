import { expect, jest, test } from '@jest/globals';

// AWS has fewer regions than the machine must take: the rest are made up.
const sixty = Array.from({ length: 60 }, (_, index) => (index === 0 ? 'us-east-1' : `us-made-${index}`));
jest.unstable_mockModule('../../core/regions.ts', () => ({ knownRegions: sixty, partitionOf: () => 'aws' }));
const { pipeline, build, recipe } = await import('../support/pipeline.ts');

const limit = 256 * 1024;

test('with 60 targets of 1,000 accounts each no payload comes near what Step Functions takes', async () => {
  const accounts = Array.from({ length: 1_000 }, (_, index) => String(300000000000 + index));
  const builder = { ...recipe.builder, rootVolume: { sizeGiB: 8 } };
  const distribute = sixty.map((region) => ({ region, accounts }));
  const simulation = pipeline({ changes: { builder, distribute } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  const largest = Math.max(
    ...execution.history.flatMap((event) =>
      Object.values(event)
        .filter((detail): detail is Record<string, unknown> => typeof detail === 'object' && detail !== null)
        .flatMap((detail) => Object.values(detail).map((value) => Buffer.byteLength(String(value)))),
    ),
  );
  expect(largest).toBeGreaterThan(1_000);
  expect(largest).toBeLessThan(limit / 4);
});
