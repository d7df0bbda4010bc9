import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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
