import { expect, test } from '@jest/globals';
import { formatPath, formatProblems, parseRecipe, type Path } from '../../core/recipe/recipe.ts';
import { readVariants } from '../../core/variants/variants.ts';
import { full, scripts, fullVaried } from './full-recipe.ts';
import { added, hostileTexts, huge, kindOf, maps, placesIn, removed, replaced, valueAt, values } from './mutations.ts';
import { expectLocated, expectReadable, expectRefused } from './saying.ts';

const places: [string, Path][] = placesIn(full).map((path) => [formatPath(path), path]);

/** A place refuses a wrong kind whatever the value is, so a few values of each kind suffice. */
const ofEachKind = [null, true, 7, Number.NaN, 'wrong!', huge, [7, null, ['x']], { wrong: { deeper: [1] } }];

/** Refused at the place, or taken as it is: nothing in between. */
function expectRefusedOrTaken(document: unknown, at: Path) {
  const { recipe, problems } = parseRecipe(document, scripts, { home: 'us-east-1' });
  if (problems) return expectReadable(formatProblems(problems, () => undefined));
  expect({ taken: valueAt(recipe, at) }).toMatchObject({ taken: valueAt(document, at) });
}

test('the recipe all others here are made of is right', () => {
  expect(parseRecipe(full, scripts, { home: 'us-east-1' }).problems).toBeUndefined();
});

test.each(places)('%s of a wrong kind is refused there, of the right kind refused or taken', (_name, path) => {
  expect.hasAssertions();
  const right = kindOf(valueAt(full, path));
  for (const [, value] of values.filter(([, one]) => kindOf(one) === right))
    expectRefusedOrTaken(replaced(path, value), path);
  for (const value of ofEachKind.filter((one) => kindOf(one) !== right)) expectRefused(replaced(path, value), path);
});

test.each(places.filter(([, path]) => typeof valueAt(full, path) === 'string'))(
  'hostile text as %s is refused there or taken unchanged',
  (_name, path) => {
    expect.hasAssertions();
    for (const [, text] of hostileTexts) expectRefusedOrTaken(replaced(path, text), path);
  },
);

test.each(places)('without %s a recipe is refused there or has a default', (_name, path) => {
  expect.hasAssertions();
  const { recipe, problems } = parseRecipe(removed(path), scripts, { home: 'us-east-1' });
  expectReadable(formatProblems(problems ?? [], () => undefined));
  expect(recipe !== undefined || problems !== undefined).toBe(true);
});

test.each<[string]>([
  ['name'],
  ['source'],
  ['builder'],
  ['distribute'],
  ['builder.instanceTypes'],
  ['source.owner'],
  ['distribute[0].region'],
])('a recipe without %s is refused', (name) => {
  expect.hasAssertions();
  const path = places.find(([known]) => known === name)?.[1] ?? [];
  expectRefused(removed(path), path);
});

const strangers = [
  'nonsense',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  '<<',
  '0',
  'a\nb',
  '\u001b[2J',
  'x'.repeat(100_000),
];
test.each(maps.map((path): [string, Path] => [formatPath(path) || 'the recipe', path]))(
  'no unknown key of %s is passed over',
  (_name, path) => {
    expect.hasAssertions();
    for (const key of strangers) {
      const problems = expectRefused(added(path, key, { x: 1 }), [...path, key]);
      expect(problems.some(({ path: at }) => at.join('/') === [...path, key].join('/'))).toBe(true);
    }
  },
);

test.each([
  ['image.tags', 'aws:x'],
  ['image.tags', 'golden:build'],
  ['image.tags', ''],
  ['image.tags', '__proto__'],
  ['provision[2].parameters', '__proto__'],
])('in %s the key %j is refused, not dropped', (name, key) => {
  expect.hasAssertions();
  const path = places.find(([known]) => known === name)?.[1] ?? [];
  expectRefused(added(path, key, name === 'image.tags' ? 'x' : ['x']), [...path, key]);
});

/** What a variant can say of its own: every key of a recipe but those of the whole. */
const ofVariants = Object.keys(full).filter((key) => key !== 'name' && key !== 'triggers');
const wrongOf = (document: unknown) => readVariants(document, scripts, { home: 'us-east-1' }).problems ?? [];

const few = {
  name: 'base',
  source: full.source,
  builder: { instanceTypes: ['t3.small'] },
  distribute: [{ region: 'us-east-1' }],
};
const withVariants = (variants: unknown) => wrongOf({ ...few, publish: full.publish, variants });

test('variants of a wrong kind are refused there, as are wrong variants and their names', () => {
  expect.hasAssertions();
  const { small, large } = fullVaried.variants;
  expect(wrongOf(fullVaried)).toEqual([]);
  for (const wrong of ofEachKind) expectLocated(withVariants(wrong), ['variants']);
  for (const wrong of ofEachKind.filter((one) => kindOf(one) !== 'object'))
    expectLocated(withVariants({ small, large: wrong }), ['variants', 'large']);
  for (const name of strangers.map((one) => `${one}!`))
    expectLocated(withVariants({ small, large, [name]: {} }), ['variants', name]);
});

test.each(ofVariants)('%s of a wrong kind in a variant is refused at that variant', (key) => {
  expect.hasAssertions();
  const isRight = kindOf(valueAt(full, [key]));
  for (const value of ofEachKind.filter((one) => kindOf(one) !== isRight && one !== null))
    expectLocated(withVariants({ small: {}, large: { [key]: value } }), ['variants', 'large', key]);
});
