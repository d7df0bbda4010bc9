import { expect, test } from '@jest/globals';
import { contentDigest, recipeDigest } from '../../../core/build/content-digest.ts';
import { parseRecipe } from '../../../core/recipe/recipe.ts';
import { document } from '../../support/plan.ts';

const scripts = { 'scripts/harden.sh': 'set -e', 'scripts/other.sh': 'true' };
const provision = [{ script: 'scripts/harden.sh' }];

function contentOf(changes: Record<string, unknown> = {}) {
  const { recipe, problems } = parseRecipe({ ...document, provision, ...changes }, scripts);
  if (!recipe) throw new Error(JSON.stringify(problems));
  return { source: 'ami-0123456789abcdef0', recipe, scripts, pipelineVersion: '1.0.0' };
}
const before = contentDigest(contentOf());

test('a recipe without the newer keys has the digest that it always had, since another one rebuilds every image', () => {
  expect(before).toBe('cf11c68aa132cf1132a87fec2637f635cf71e9fc0568b59aab90ca6071f5c5c8');
});

test('a digest is 64 hexadecimal digits, the same for the same content', () => {
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(contentDigest(contentOf())).toBe(before);
});

test.each([
  ['the order of keys', contentOf(Object.fromEntries(Object.entries({ ...document, provision }).toReversed()))],
  ['a default that is written out', contentOf({ image: { imds: 'v2' } })],
  ['when it is built', contentOf({ triggers: { schedule: 'rate(7 days)', onSourceUpdate: true } })],
  ['what the builder costs', contentOf({ builder: { ...document.builder, spot: true, spotMaxPrice: '0.05' } })],
  ['how often a step is tried', contentOf({ provision: [{ ...provision[0], retry: { attempts: 3 } }] })],
  ['a script that the recipe does not name', { ...contentOf(), scripts: { ...scripts, 'scripts/other.sh': 'false' } }],
])('%s makes no difference', (_what, content) => {
  expect(contentDigest(content)).toBe(before);
});

test.each([
  ['another source image', { ...contentOf(), source: 'ami-0fedcba9876543210' }],
  ['another step', contentOf({ provision: [...provision, { run: 'true' }] })],
  ['a variable of all steps', contentOf({ env: { A: '1' } })],
  ['a variable of a step', contentOf({ provision: [{ ...provision[0], env: { A: '1' } }] })],
  ['a condition of a step', contentOf({ provision: [{ ...provision[0], if: { architecture: 'arm64' } }] })],
  ['another check', contentOf({ checks: [{ name: 'boots', run: 'false' }] })],
  ['another order of targets', contentOf({ distribute: document.distribute.toReversed() })],
  ['another tag', contentOf({ image: { tags: { team: 'web' } } })],
  ['another channel', contentOf({ publish: { channel: 'beta' } })],
  ['another text of a script', { ...contentOf(), scripts: { ...scripts, 'scripts/harden.sh': 'set -eu' } }],
  ['user data', contentOf({ builder: { ...document.builder, userData: '#cloud-config\n' } })],
  ['another version of the pipeline', { ...contentOf(), pipelineVersion: '1.0.1' }],
])('%s makes another image', (_what, content) => {
  expect(contentDigest(content)).not.toBe(before);
});

test('a script that only checks use counts, too', () => {
  const checks = [{ name: 'hardened', script: 'scripts/other.sh' }];
  const digestWith = (text: string) =>
    contentDigest({ ...contentOf({ checks }), scripts: { ...scripts, 'scripts/other.sh': text } });
  expect(digestWith('true')).not.toBe(digestWith('false'));
});

test('a file of user data counts, too', () => {
  const scripts = { 'user-data.yaml': '#cloud-config\n' };
  const { recipe } = parseRecipe(
    { ...document, builder: { ...document.builder, userDataFile: 'user-data.yaml' } },
    scripts,
  );
  const digestWith = (text: string) =>
    contentDigest({ ...contentOf(), recipe: recipe!, scripts: { 'user-data.yaml': text } });
  expect(digestWith('#cloud-config\n')).not.toBe(digestWith('#cloud-config\npackages: [jq]\n'));
});

test("the recipe's own digest does not depend on the source image, but on everything else", () => {
  const { recipe, pipelineVersion } = contentOf();
  const own = recipeDigest(recipe, scripts, pipelineVersion);
  expect(own).not.toBe(before);
  expect(recipeDigest(contentOf().recipe, scripts, pipelineVersion)).toBe(own);
  expect(recipeDigest(contentOf({ description: 'x' }).recipe, scripts, pipelineVersion)).not.toBe(own);
  expect(recipeDigest(recipe, scripts, '1.0.1')).not.toBe(own);
  expect(recipeDigest(recipe, { ...scripts, 'scripts/harden.sh': '' }, pipelineVersion)).not.toBe(own);
});
