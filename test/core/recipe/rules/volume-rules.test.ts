import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRecipe } from '../../../../core/recipe/recipe.ts';
import { imageTags } from '../../../../core/distribute/image-name.ts';
import { specifiedTags } from '../../../../simulator/aws/ec2/tags.ts';
import { refuseImpossibleVolume } from '../../../../simulator/aws/ec2/volume-limits.ts';
import { planOf } from '../../../support/plan.ts';

const around = (...values: number[]) => fc.constantFrom(...values.flatMap((value) => [value - 1, value, value + 1]));
const volume = fc.record(
  {
    type: fc.constantFrom('gp3', 'gp2', 'io1', 'io2', 'st1', 'sc1'),
    sizeGiB: fc.oneof(around(4, 8, 125, 160, 256, 1280, 16_384, 65_536), fc.integer({ min: 1, max: 65_536 })),
    iops: fc.oneof(around(100, 3_000, 4_000, 8_000, 64_000, 80_000, 256_000), fc.integer({ min: 100, max: 256_000 })),
    throughput: fc.oneof(around(125, 750, 1_000, 2_000), fc.integer({ min: 125, max: 2_000 })),
  },
  { requiredKeys: ['sizeGiB'] },
);
const tags = fc.dictionary(
  fc.string({ unit: 'grapheme', maxLength: 130 }),
  fc.string({ unit: 'grapheme', maxLength: 258 }),
  { maxKeys: 42 },
);

const problemsOf = (changes: Record<string, unknown>) =>
  parseRecipe(
    {
      name: 'base',
      source: { ami: 'ami-0123456789abcdef0', owner: 'self' },
      builder: { instanceTypes: ['t3.small'] },
      distribute: [{ region: 'us-east-1' }],
      ...changes,
    },
    {},
  ).problems ?? [];

function ec2Takes(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

test('a recipe is taken exactly where EC2 makes its volume', () => {
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(volume, fc.boolean(), (given, root) => {
      const builder = {
        instanceTypes: ['t3.small'],
        ...(root ? { rootVolume: given } : { volumes: [{ device: '/dev/sdf', ...given }] }),
      };
      const taken = problemsOf({ builder }).length === 0;
      seen[taken ? 'taken' : 'refused'] += 1;
      const { type = 'gp3', sizeGiB, iops, throughput } = given;
      expect(taken).toBe(ec2Takes(() => refuseImpossibleVolume({ type, sizeGiB, iops, throughput, root })));
    }),
    { numRuns: 400 },
  );
  expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(20);
});

test('EC2 takes every tag that a recipe may have, and those of the pipeline beside them', () => {
  fc.assert(
    fc.property(tags, (given) => {
      if (problemsOf({ image: { tags: given } }).length > 0) return;
      const plan = planOf({ image: { tags: given } });
      const Tags = Object.entries(imageTags(plan)).map(([Key, Value]) => ({ Key, Value }));
      expect(specifiedTags([{ ResourceType: 'image', Tags }], ['image'])('image').size).toBe(Tags.length);
    }),
    { numRuns: 100 },
  );
});
