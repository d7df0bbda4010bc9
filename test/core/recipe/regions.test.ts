import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Definition } from '../../../simulator/states/definition.ts';
import { knownRegions, partitionOf } from '../../../core/recipe/regions.ts';

// The SDK keeps its list in a module it does not export.
function regionsOfTheSdk(): Map<string, string> {
  const require = createRequire(import.meta.url);
  const root = dirname(createRequire(require.resolve('@aws-sdk/client-ec2')).resolve('@aws-sdk/core/package.json'));
  const source = readFileSync(join(root, 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js'), 'utf8');
  const { partitions } = JSON.parse(source.replace(/^[^{]*/, '').replace(/;[\s\S]*$/, '')) as {
    partitions: { id: string; regions: Record<string, unknown> }[];
  };
  return new Map(
    partitions
      .filter(({ id }) => !id.startsWith('aws-iso')) // no public account reaches these
      .flatMap(({ id, regions }) => Object.keys(regions).map((region) => [region, id] as const))
      .filter(([region]) => !region.endsWith('-global')),
  );
}

test('the regions we know are those of the installed SDK', () => {
  const sdk = regionsOfTheSdk();
  expect([...knownRegions].toSorted()).toEqual([...sdk.keys()].toSorted());
  for (const [region, partition] of sdk) expect(partitionOf(region)).toBe(partition);
});

test('a region we do not know is in no partition', () => {
  expect(partitionOf('us-east-9')).toBeUndefined();
});

test('one target in every region of a partition is copied and shared at once', () => {
  const { States: states } = JSON.parse(readFileSync('statemachines/build-image.asl.json', 'utf8')) as Definition;
  const maps = [states['Grant'], ...(states['CheckAndCopy']?.Branches ?? []).map((branch) => branch.States['Copy'])];
  const atOnce = maps.flatMap((map) => map?.MaxConcurrency ?? []);
  const partitions = [...new Set(knownRegions.map(partitionOf))];
  const sizes = partitions.map(
    (partition) => knownRegions.filter((region) => partitionOf(region) === partition).length,
  );
  expect(atOnce).toEqual([40, 40]);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(40);
});
