import { expect, test } from '@jest/globals';
import { told } from '../../../core/recipe/recipe.ts';
import { parseVariants, readVariants } from '../../../core/variants/variants.ts';
import { varied } from '../../support/variants.ts';

const around = { home: 'us-east-1' };
const { x86_64, arm64 } = varied.variants;
const problemsOf = (changes: object): string[] =>
  told(parseVariants({ ...varied, ...changes }, {}, around).problems ?? []);
const without = (key: string) => ({ variants: { x86_64: { [key]: null }, arm64: { ...arm64, [key]: null } } });
const armWith = (own: object) => ({ variants: { x86_64, arm64: { ...arm64, ...own } } });

test('a document with variants stands for a recipe for each, by the merge rules of overrides', () => {
  const { variants = [] } = parseVariants(varied, {}, around);
  expect(
    variants.map(({ name, recipe }) => [name, recipe.name, recipe.builder.instanceTypes, recipe.source.owner]),
  ).toEqual([
    ['base-x86_64', 'base-x86_64', ['t3.small'], 'amazon'],
    ['base-arm64', 'base-arm64', ['t4g.small'], 'amazon'],
  ]);
  expect(variants[1]?.recipe.source.parameter).toMatch(/arm64$/);
  const overridden = parseVariants(varied, {}, around, { builder: { instanceTypes: ['t4g.large'] }, source: null });
  expect(told(overridden.problems ?? [])).toContain('source: is required');
});

test('a document without variants is read as one recipe', () => {
  const { variants: _, ...plain } = varied;
  expect(readVariants(plain, {}, around).read?.map(({ recipe }) => recipe.name)).toEqual(['base']);
});

test.each<[string, object, string[]]>([
  ['no map', { variants: ['x86_64', 'arm64'] }, ['variants: must be a map, got a list']],
  ['one variant', { variants: { arm64 } }, ['variants: must have 2 to 10 variants, got 1']],
  [
    'a variant that is no map',
    { variants: { x86_64: 'yes', arm64, gpu: {} } },
    ['variants.x86_64: must be a map, got "yes"'],
  ],
  [
    'no name for a variant',
    { variants: { 'X 86': {}, arm64 } },
    [
      'variants.X 86: the key must be lower-case letters and digits, with single hyphens or underscores between them, got "X 86"',
      'variants.X 86: makes a name that is not allowed: it must be lower-case letters and digits, with single hyphens or underscores between them, got "base-X 86"',
    ],
  ],
  [
    'a name too long with its variant',
    { name: 'b'.repeat(40) },
    ['variants.x86_64: makes a name that is not allowed: it must have at most 48 characters, got 47'].slice(1),
  ],
  [
    'what belongs to the whole',
    armWith({ name: 'other', triggers: {}, variants: {} }),
    [
      'variants.arm64.name: belongs to the recipe as a whole, not to one of its variants',
      'variants.arm64.variants: belongs to the recipe as a whole, not to one of its variants',
      'variants.arm64.triggers: belongs to the recipe as a whole, not to one of its variants',
    ],
  ],
  [
    'a wrong value of one variant',
    armWith({ image: { capture: 'never' } }),
    ['variants.arm64.image.capture: must be one of stopped, running, got "never"'],
  ],
  [
    'a wrong value of all',
    { image: { capture: 'never' } },
    ['image.capture: must be one of stopped, running, got "never"'],
  ],
  [
    'a value that one variant cannot have',
    { variants: { x86_64, arm64: { source: arm64 && { parameter: '/aws/service/x-arm64' } } } },
    [expect.stringMatching(/^builder\.instanceTypes\[0\]: .* \(in arm64\)$/) as unknown as string],
  ],
  [
    'no channel',
    without('publish'),
    ['publish: is required: each variant publishes to a channel of its own, and x86_64, arm64 has none'],
  ],
  [
    'the same name for the images of both',
    { distribute: [{ region: 'us-east-1', name: 'golden {build}' }] },
    [
      'variants.arm64.distribute[0].name: is also the name of the images of x86_64; put {recipe} into it, which has the variant',
    ],
  ],
  [
    'one launch template for both',
    { distribute: [{ region: 'us-east-1', launchTemplate: { name: 'web' } }] },
    [
      'variants.arm64.distribute[0].launchTemplate: also gets versions from x86_64; each variant needs a launch template of its own',
    ],
  ],
])('%s is refused at its place in the document', (_what, changes, expected) => {
  expect(problemsOf(changes).toSorted()).toEqual(expected.toSorted());
});
