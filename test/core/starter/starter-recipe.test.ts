import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { agentNotes } from '../../../core/preflight/agent.ts';
import { parseRecipe } from '../../../core/recipe/recipe.ts';
import { distributions, type Architecture } from '../../../core/starter/distributions.ts';
import { starterRecipe, type StarterAnswers } from '../../../core/starter/starter-recipe.ts';
import { createSimulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk, build } from '../../support/pipeline.ts';

const al2023 = distributions['al2023'] as StarterAnswers['distribution'];
const answers: StarterAnswers = {
  name: 'first',
  distribution: al2023,
  architecture: 'x86_64',
  regions: ['home'],
  accounts: [],
  organizations: [],
  channel: 'stable',
  schema: 'recipe.schema.json',
};
const shared: Partial<StarterAnswers> = {
  regions: ['home', 'eu-west-1'],
  accounts: ['111122223333'],
  organizations: ['arn:aws:organizations::111122223333:organization/o-exampleorgid'],
  kmsKey: 'alias/golden',
};

const recipeOf = (changes: Partial<StarterAnswers>) => {
  const document: unknown = parse(starterRecipe({ ...answers, ...changes }));
  const { recipe, problems } = parseRecipe(document, {});
  expect(problems).toBeUndefined();
  return { document, recipe: recipe as NonNullable<typeof recipe> };
};

const offered = Object.entries(distributions).flatMap(([id, distribution]) =>
  (distribution.patching === 'windows' ? ['x86_64' as const] : ['x86_64' as const, 'arm64' as const]).map(
    (architecture: Architecture) => ({ id, distribution, architecture }),
  ),
);

test.each(offered)('a first recipe of $id for $architecture can be built as it is', async (choice) => {
  const { document, recipe } = recipeOf(choice);
  expect(agentNotes(recipe)).toEqual([]);
  const catalog = { recipes: { first: document }, scripts: {}, version: '1' };
  const simulation = createSimulation({ catalog, scenario: { delays: brisk } });
  const { status, cause } = await build(simulation, { recipe: 'first' });
  expect({ status, cause }).toEqual({ status: 'SUCCEEDED', cause: undefined });
});

test.each(offered.filter(({ architecture }) => architecture === 'x86_64'))(
  'a first recipe of $id can be encrypted, shared and copied',
  ({ distribution }) => {
    const { recipe } = recipeOf({ distribution, ...shared });
    expect(recipe.builder.rootVolume).toMatchObject({ encrypted: true, kmsKey: 'alias/golden' });
    expect(recipe.distribute).toMatchObject([
      { region: 'home', accounts: shared.accounts, organizations: shared.organizations },
      { region: 'eu-west-1', kmsKey: 'alias/golden', accounts: shared.accounts, organizations: shared.organizations },
    ]);
  },
);

test.each([
  { base: 'al2023-base/stable', source: { channel: 'al2023-base/stable' } },
  { base: 'ami-0123456789abcdef0', source: { ami: 'ami-0123456789abcdef0', owner: 'self' } },
  { base: '/ours/base', owner: '111122223333', source: { parameter: '/ours/base', owner: '111122223333' } },
  { base: '/aws/service/other', owner: undefined, source: { parameter: '/aws/service/other', owner: 'amazon' } },
])('the base $base becomes the source', ({ source, ...base }) => {
  expect(recipeOf(base).recipe.source).toEqual(source);
});

test('a base that another recipe published has the agent already', () => {
  const distribution = distributions['debian-13'] as StarterAnswers['distribution'];
  expect(recipeOf({ distribution }).recipe.builder.installAgent).toBe(true);
  expect(recipeOf({ distribution, base: 'debian-base/stable' }).recipe.builder.installAgent).toBeUndefined();
});

test('answers that YAML would read as something else stay what they are', () => {
  expect(parse(starterRecipe({ ...answers, name: '1e3', channel: 'true' }))).toMatchObject({
    name: '1e3',
    publish: { channel: 'true' },
  });
});
