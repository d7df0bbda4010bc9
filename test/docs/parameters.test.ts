import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { baseProblems } from '../../core/recipe/bases/base-problems.ts';
import { withBase } from '../../core/recipe/bases/with-base.ts';
import { parseRecipe } from '../../core/recipe/recipe.ts';

const page = readFileSync('docs/parameters.md', 'utf8');
const [app, triggers, base, web] = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(
  ([, text = '']) => parse(text) as Record<string, unknown>,
);
const scripts = { 'scripts/configure.sh': 'true\n', 'bases/scripts/harden.sh': 'true\n' };

test('the recipe with parameters is right, and gets the values of a start', () => {
  const parameters = { version: '2.5.0', types: 'm5.large,m5a.large' };
  const { recipe, problems } = parseRecipe({ ...app, ...triggers }, scripts, { given: { parameters } });
  expect(problems).toBeUndefined();
  expect(recipe).toMatchObject({
    builder: { instanceTypes: ['m5.large', 'm5a.large'], rootVolume: { sizeGiB: 20 } },
    provision: [{ run: 'dnf -y install app-2.5.0' }, { env: { APP_VERSION: '2.5.0' } }],
    image: { tags: { 'app-version': '2.5.0' } },
  });
});

test('the base is right, and so is the recipe that extends it', () => {
  expect(baseProblems(base)).toEqual([]);
  const { recipe, problems } = parseRecipe(withBase(web ?? {}, base, 'bases/'), scripts);
  expect(problems).toBeUndefined();
  expect(recipe).toMatchObject({
    builder: { rootVolume: { sizeGiB: 20, kmsKey: 'alias/golden' } },
    provision: [{ script: 'bases/scripts/harden.sh' }],
    image: { tags: { team: 'platform' } },
  });
});
