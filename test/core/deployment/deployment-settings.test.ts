import { expect, test } from '@jest/globals';
import { asDeployed, defaultSettings, parseSettings } from '../../../core/deployment/deployment-settings.ts';
import { parseRecipe } from '../../../core/recipe/recipe.ts';
import { document } from '../../support/plan.ts';

test('a deployment that says nothing has the defaults', () => {
  expect(parseSettings(undefined)).toEqual(defaultSettings);
  expect(parseSettings('{}')).toEqual(defaultSettings);
});

test('what a deployment says is taken, the rest is by default', () => {
  expect(parseSettings('{"channelRoot":"/golden-dev","securityGroups":["sg-1"]}')).toEqual({
    ...defaultSettings,
    channelRoot: '/golden-dev',
    securityGroups: ['sg-1'],
  });
});

test.each([
  ['no JSON', '{', /is not JSON/],
  ['an unknown key', '{"chanelRoot":"/golden"}', /chanelRoot/],
  ['a value of the wrong type', '{"subnets":"subnet-1"}', /subnets/],
  ['a root that is no path', '{"channelRoot":"golden"}', /channelRoot/],
])('%s is refused by name', (_, text, named) => {
  expect(() => parseSettings(text)).toThrow(named);
});

test('a recipe that names no profile, subnets or groups has those of the deployment, and keeps its own', () => {
  const settings = { ...defaultSettings, instanceProfile: 'ours', subnets: ['subnet-1'], securityGroups: ['sg-1'] };
  const recipe = (builder: object) => parseRecipe({ ...document, builder }, {}).recipe!;
  const own = {
    instanceProfile: 'theirs',
    subnets: ['subnet-0123456789abcdef0'],
    securityGroups: ['sg-0123456789abcdef0'],
  };
  expect(asDeployed(recipe({ instanceTypes: ['t3.small'] }), settings).builder).toMatchObject({
    instanceProfile: 'ours',
    subnets: ['subnet-1'],
    securityGroups: ['sg-1'],
  });
  expect(asDeployed(recipe({ instanceTypes: ['t3.small'], ...own }), settings).builder).toMatchObject(own);
});
