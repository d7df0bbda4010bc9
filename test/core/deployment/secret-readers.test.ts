import { expect, test } from '@jest/globals';
import { secretProblems, secretReaders } from '../../../core/deployment/secret-readers.ts';
import { parseRecipe } from '../../../core/recipe/recipe.ts';
import type { Recipe } from '../../../core/recipe/types.ts';
import { document } from '../../support/plan.ts';

const { instanceProfile: _, ...builder } = document.builder as Record<string, unknown>;

function recipeWith(secrets: Record<string, string>, changes: object = {}): Recipe {
  const provision = [{ run: 'true' }, { run: 'true', secrets }];
  const { recipe, problems } = parseRecipe({ ...document, builder, provision, ...changes }, {});
  if (!recipe) throw new Error(JSON.stringify(problems));
  return recipe;
}
const ownArn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf';
const own = { builder: { ...builder, instanceProfile: 'own' } };
const wanted = recipeWith({ A: '/app/a', B: 'secret:prod/b' });
const pipeline = { home: 'us-east-1', account: '111122223333' };
const pathsOf = (
  recipe: Recipe,
  deployed: Recipe | undefined,
  builderSecrets: string[],
  secretProfiles: Record<string, string> = { [recipe.name]: 'of-this-recipe' },
) => secretProblems(recipe, deployed, { builderSecrets, secretProfiles }, pipeline).map(({ path }) => path.join('.'));

test('a recipe reads the secrets that it was deployed with, and those of the setting', () => {
  expect(pathsOf(wanted, wanted, [])).toEqual([]);
  expect(pathsOf(wanted, undefined, [])).toEqual(['provision.1.secrets.A', 'provision.1.secrets.B']);
  expect(pathsOf(wanted, recipeWith({ A: '/app/a' }), [])).toEqual(['provision.1.secrets.B']);
  expect(pathsOf(wanted, undefined, ['/app/*', 'secret:prod/?'])).toEqual([]);
  expect(pathsOf(wanted, undefined, ['/ap', 'secret:prod/', '/app/.'])).toHaveLength(2);
});

test('a key or version of a secret needs no other permission than the secret', () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/c-AbCdEf';
  const parts = recipeWith({
    A: 'secret:prod/b:password',
    B: 'secret:prod/b:user:AWSPREVIOUS:',
    C: `secret:${arn}:key`,
  });
  expect(pathsOf(parts, recipeWith({ A: 'secret:prod/b', C: `secret:${arn}` }), [])).toEqual([]);
  expect(pathsOf(parts, undefined, ['secret:prod/*'])).toEqual([]);
  expect(pathsOf(parts, undefined, ['secret:prod/*', `secret:${arn.replace('AbCdEf', '*')}`])).toEqual([]);
});

test.each([
  ['a name allows the ARN that Secrets Manager makes of it', 'secret:prod/db', ownArn, true],
  ['a pattern of names allows the ARNs of this account', 'secret:prod/*', ownArn, true],
  ['a pattern of names allows no ARN of another account', 'secret:*', ownArn.replace('1111', '9999'), false],
  ['a pattern of names allows no ARN of another region', 'secret:*', ownArn.replace('east', 'west'), false],
  ['a pattern of ARNs allows a name', `secret:${ownArn.replace('db-AbCdEf', '*')}`, 'prod/db', true],
  ['an ARN allows no name, whose ARN may be another', `secret:${ownArn}`, 'prod/db', false],
  ['a parameter allows no secret', '/*', 'prod/db', false],
])('%s', (_, pattern, secret, allowed) => {
  const wants = recipeWith({ A: `secret:${secret}` });
  expect(pathsOf(wants, undefined, [pattern])).toEqual(allowed ? [] : ['provision.1.secrets.A']);
});

test('a deployed name allows its ARN, too, since the role has both', () => {
  expect(pathsOf(recipeWith({ A: `secret:${ownArn}` }), recipeWith({ A: 'secret:prod/db' }), [])).toEqual([]);
});

test('a deployed recipe without a role of its own is refused, since its builder could read nothing', () => {
  expect(pathsOf(wanted, wanted, [], {})).toEqual(['provision.1.secrets.A', 'provision.1.secrets.B']);
});

test('a recipe with an instance profile of its own gets no role of the deployment, and lends its secrets to no start', () => {
  expect(pathsOf(recipeWith({ A: '/other' }, own), undefined, [])).toEqual([]);
  expect(pathsOf(wanted, recipeWith({ A: '/app/a', B: 'secret:prod/b' }, own), [])).toHaveLength(2);
});

test('only deployed recipes with secrets have a role of their own', () => {
  const at = (name: string, secrets: Record<string, string>, more = {}) => ({
    ...document,
    builder,
    name,
    provision: [
      { run: 'true', secrets },
      { run: 'true', secrets },
    ],
    ...more,
  });
  const recipes = { with: at('with', { A: '/app/a' }), without: at('without', {}), own: at('own', { A: '/x' }, own) };
  expect(secretReaders({ recipes, scripts: {}, version: '' }, 'us-east-1')).toEqual([
    { recipe: 'with', secrets: ['/app/a'] },
  ]);
});
