import { describe, expect, test } from '@jest/globals';
import { boundProblems } from '../../../core/deployment/deployment-bounds.ts';
import { defaultSettings, type DeploymentSettings } from '../../../core/deployment/deployment-settings.ts';
import { documentationProblems } from '../../../core/deployment/documentation-ids.ts';
import { requestedBuild } from '../../../core/start/execution-input.ts';
import type { Recipe } from '../../../core/recipe/types.ts';
import { formatPath, parseRecipe, type Problem } from '../../../core/recipe/recipe.ts';
import { startProblems } from '../../../core/deployment/start-bounds.ts';
import { simulatedSettings } from '../../../simulator/pipeline/simulated-settings.ts';
import { document, execution } from '../../support/plan.ts';

const said = (problems: Problem[]) => problems.map(({ path, message }) => `${formatPath(path)}: ${message}`);
const paths = (problems: Problem[]) => problems.map(({ path }) => formatPath(path));

/** A recipe that reaches out in every way there is. */
const reaching = {
  name: 'reaching',
  source: { parameter: '/a/b', owner: 'amazon' },
  builder: {
    instanceTypes: ['t3.small'],
    instanceProfile: 'other',
    rootVolume: { kmsKey: 'arn:aws:kms:us-east-1:300000000009:key/11111111-2222-4333-8444-555555555555' },
  },
  provision: [{ document: 'AWS-ConfigureAWSPackage' }, { document: 'our-own' }],
  distribute: [
    { region: 'home', accounts: ['300000000001', '300000000002'] },
    {
      region: 'eu-west-1',
      kmsKey: 'alias/golden',
      organizations: ['arn:aws:organizations::300000000001:organization/o-ourown1234'],
      organizationalUnits: ['arn:aws:organizations::300000000001:ou/o-ourown1234/ou-root-12345678'],
    },
  ],
};
const recipeOf = (given: object): Recipe => {
  const { recipe, problems } = parseRecipe(given, {}, { home: 'us-east-1' });
  if (problems) throw new Error(said(problems).join('\n'));
  return recipe;
};
const place = { home: 'us-east-1', account: '300000000007' };
const bounded = (settings: Partial<DeploymentSettings>) =>
  boundProblems(recipeOf(reaching), { ...defaultSettings, ...settings }, place);

describe('what a recipe may do', () => {
  test('is bounded where the deployment says nothing: no sharing, no profile, document or key of others', () => {
    expect(said(bounded({}))).toEqual([
      'distribute[0].accounts[0]: 300000000001 is outside of what this deployment allows: its setting shareWith has nothing',
      'distribute[0].accounts[1]: 300000000002 is outside of what this deployment allows: its setting shareWith has nothing',
      expect.stringMatching(/^distribute\[1\]\.organizations\[0\]: .*:organization\/o-ourown1234 is outside/),
      expect.stringMatching(/^distribute\[1\]\.organizationalUnits\[0\]: .*ou-root-12345678 is outside/),
      'builder.instanceProfile: other is outside of what this deployment allows: its setting instanceProfiles has nothing',
      'provision[1].document: our-own is outside of what this deployment allows: its setting documents has AWS-*, AmazonCloudWatch-*',
      'builder.rootVolume.kmsKey: the key of account 300000000009 is outside of what this deployment allows: its setting kmsAccounts has nothing',
    ]);
  });

  test('is what the settings name, an organization with its units', () => {
    const organization = 'arn:aws:organizations::300000000001:organization/o-ourown1234';
    const allowed = {
      shareWith: ['300000000001', '300000000002', organization],
      instanceProfiles: ['other'],
      documents: ['AWS-*', 'our-own'],
      kmsAccounts: ['300000000009'],
    };
    expect(bounded(allowed)).toEqual([]);
    expect(paths(bounded({ ...allowed, shareWith: ['300000000002'] }))).toEqual([
      'distribute[0].accounts[0]',
      'distribute[1].organizations[0]',
      'distribute[1].organizationalUnits[0]',
    ]);
    expect(paths(bounded({ ...allowed, regions: ['eu-central-1'] }))).toEqual(['distribute[1].region']);
    expect(bounded({ ...allowed, regions: ['eu-west-1'] })).toEqual([]);
  });
});

test('ids that stand in documentation are refused, wherever a recipe names one', () => {
  const distribute = [
    {
      region: 'us-east-1',
      accounts: ['111122223333', '444455556666', '123456789012', '999999999999', '000000000000', '300000000001'],
      kmsKey: 'arn:aws:kms:us-east-1:111122223333:key/11111111-2222-4333-8444-555555555555',
    },
    {
      region: 'eu-west-1',
      organizations: [
        'arn:aws:organizations::300000000001:organization/o-exampleorgid',
        'arn:aws:organizations::111122223333:organization/o-ourown1234',
        'arn:aws:organizations::300000000001:organization/o-ourown1234',
      ],
      organizationalUnits: ['arn:aws:organizations::300000000001:ou/o-ourown1234/ou-examplerootid111-exampleouid111'],
      kmsKey: 'alias/golden',
    },
  ];
  const recipe = recipeOf({ ...document, source: { ami: 'ami-12345678', owner: '123456789012' }, distribute });
  expect(paths(documentationProblems(recipe))).toEqual([
    'source.owner',
    'distribute[0].kmsKey',
    ...[0, 1, 2, 3, 4].map((index) => `distribute[0].accounts[${index}]`),
    'distribute[1].organizations[0]',
    'distribute[1].organizations[1]',
    'distribute[1].organizationalUnits[0]',
  ]);
  const { message } = documentationProblems(recipe)[1] ?? {};
  expect(message).toMatch(/is an example from documentation and not yours: put your own in its place/);
  const settings = { ...defaultSettings, shareWith: 'any', kmsAccounts: 'any' } as const;
  expect(boundProblems(recipe, settings, place)).toHaveLength(10);
  expect(boundProblems(recipe, { ...settings, documentationIds: 'allowed' }, place)).toEqual([]);
});

describe('a start', () => {
  const source = { parameter: '/a/b', owner: 'amazon' };
  const base = { ...document, source, name: 'base', publish: { channel: 'stable' } };
  const child = { ...document, name: 'child', source: { channel: 'base/canary' } };
  const catalog = { recipes: { base, child }, scripts: {}, version: '1.0.0' };
  const problems = (input: object, settings: Partial<DeploymentSettings> = {}) => {
    const requested = requestedBuild(input, execution, catalog);
    if ('problems' in requested) throw new Error(said(requested.problems).join('\n'));
    return startProblems(requested, undefined, {
      catalog,
      settings: { ...simulatedSettings, ...settings },
      execution,
    });
  };
  const inline = (changes: object) => ({ recipe: { ...base, ...changes } });
  const overriding = (overrides: object) => ({ recipe: 'base', overrides });

  test('by the name of a recipe is let in, with what helps it to find room', () => {
    for (const inlineRecipes of [true, false]) {
      expect(problems({ recipe: 'base', force: true }, { inlineRecipes })).toEqual([]);
      const builder = { instanceTypes: ['m5.large'], subnets: ['subnet-12345678'] };
      expect(problems(overriding({ builder, onFailure: 'keep-image' }), { inlineRecipes })).toEqual([]);
    }
  });

  test('brings neither a document nor changes of its own where inlineRecipes is off, and hears of all at once', () => {
    expect(paths(problems(inline({ name: 'new' }), { inlineRecipes: false }))).toEqual(['recipe']);
    const overrides = { builder: { instanceProfile: 'admin', instanceTypes: ['t3.small'] }, checks: [], publish: null };
    const off = problems(overriding(overrides), { inlineRecipes: false, instanceProfiles: [] });
    expect(paths(off)).toEqual([
      'builder.instanceProfile',
      'overrides.builder.instanceProfile',
      'overrides.checks',
      'overrides.publish',
    ]);
    expect(off[1]?.message).toMatch(
      /inlineRecipes is off.*only builder\.instanceTypes, builder\.subnets, builder\.spot, builder\.spotMaxPrice, copies, onFailure, holdFor/,
    );
  });

  test('makes the pipeline trust nobody whom the deployed recipe does not trust', () => {
    const untrusted = [
      { source: { owner: '300000000001' } },
      { source: { parameter: null, ami: 'ami-12345678', owner: 'self' } },
      { source: { parameter: null, owner: null, channel: 'child/stable' } },
    ];
    for (const { source } of untrusted)
      expect(said(problems(overriding({ source, publish: null })))).toEqual([
        expect.stringMatching(/^overrides\.source\.owner: the deployed recipe trusts images of amazon, and a start/),
      ]);
    const older = { source: { parameter: null, ami: 'ami-12345678' }, publish: null };
    expect(problems(overriding(older))).toEqual([]);
  });

  test.each([
    ['a document with a name and content of its own', inline({ name: 'new' }), []],
    ['a document that says what the deployed recipe says', inline({}), []],
    ['a document of the same name and another content', inline({ checks: [] }), ['publish.channel']],
    ['another step', overriding({ provision: [{ run: 'true' }] }), ['publish.channel']],
    ['another source', overriding({ source: { parameter: '/a/c' } }), ['publish.channel']],
    ['a check less', overriding({ checks: [] }), ['publish.channel']],
    ['another channel', overriding({ checks: [], publish: { channel: 'trial' } }), []],
    [
      'a channel that a deployed recipe builds on',
      overriding({ checks: [], publish: { channel: 'canary' } }),
      ['publish.channel'],
    ],
    ['no channel', overriding({ checks: [], publish: null }), []],
    ['fewer regions', overriding({ distribute: [{ region: 'us-east-1' }] }), []],
  ])('with %s moves no channel of deployed recipes', (_, input, refused) => {
    expect(paths(problems(input))).toEqual(refused);
  });
});
