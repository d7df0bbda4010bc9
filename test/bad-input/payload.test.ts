import { expect, test } from '@jest/globals';
import { knownRegions } from '../../core/recipe/regions.ts';
import { build, pipeline, recipe } from '../support/pipeline.ts';

const others = knownRegions.filter((region) => !/^(us-east-1$|us-gov|cn|eusc)/.test(region));

/** Bytes of the largest single value in the history of a build with so many targets and accounts. */
async function largestPayload(targets: number, accounts: number): Promise<number> {
  const ids = Array.from({ length: accounts }, (_, index) => String(300000000000 + index));
  const builder = { ...recipe.builder, rootVolume: { sizeGiB: 8 } };
  const distribute = ['us-east-1', ...others].slice(0, targets).map((region) => ({ region, accounts: ids }));
  const execution = await build(pipeline({ changes: { builder, distribute } }));
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  return Math.max(
    ...execution.history.flatMap((event) =>
      Object.values(event)
        .filter((detail): detail is Record<string, unknown> => typeof detail === 'object' && detail !== null)
        .flatMap((detail) => Object.values(detail).map((value) => Buffer.byteLength(String(value)))),
    ),
  );
}

test('no payload grows with accounts, and sixty targets stay far below what Step Functions takes', async () => {
  const [few, many, twice] = [await largestPayload(4, 1), await largestPayload(4, 1000), await largestPayload(8, 1)];
  expect(Math.abs(many - few)).toBeLessThan(100);
  const perTarget = (twice - few) / 4;
  expect(perTarget).toBeGreaterThan(10);
  expect(few + 56 * perTarget).toBeLessThan((256 * 1024) / 4);
});
