import { expect, test } from '@jest/globals';
import { formatPath, formatProblems, parseRecipe } from '../../../core/recipe/recipe.ts';

const document = {
  name: 'base',
  source: { ami: 'ami-0123456789abcdef0', owner: 'self' },
  builder: { instanceTypes: ['t3.small'] },
  distribute: [{ region: 'us-east-1' }],
};
const recipeOf = (more: object) => {
  const { recipe, problems } = parseRecipe({ ...document, ...more }, { 'scripts/a.sh': 'true' });
  if (!recipe) throw new Error(JSON.stringify(problems));
  return recipe;
};

test('the smallest recipe gets every default', () => {
  expect(parseRecipe(document, {})).toMatchObject({ values: {}, missing: [], needsFacts: false, unused: [] });
  expect({ recipe: recipeOf({}) }).toEqual({
    recipe: {
      name: 'base',
      description: '',
      source: { ami: 'ami-0123456789abcdef0', owner: 'self' },
      builder: {
        instanceTypes: ['t3.small'],
        subnets: [],
        securityGroups: [],
        rootVolume: { type: 'gp3' },
        volumes: [],
      },
      provision: [],
      checks: [],
      image: { capture: 'stopped', timeout: '24h', imds: 'v2', tags: {} },
      distribute: [
        {
          region: 'us-east-1',
          accounts: [],
          organizations: [],
          organizationalUnits: [],
          timeout: '48h',
          required: true,
        },
      ],
      copies: 'auto',
      onFailure: 'remove',
    },
  });
});

test('a step may run an hour, a reboot 15 minutes and a check 10 unless it says otherwise', () => {
  const { provision, checks } = recipeOf({
    provision: [
      { run: 'true' },
      { script: 'scripts/a.sh', timeout: '5m' },
      { reboot: true },
      { document: 'AWS-UpdateSSMAgent' },
    ],
    checks: [{ name: 'up', run: 'true' }],
  });
  expect(provision).toEqual([
    { run: 'true', timeout: '1h' },
    { script: 'scripts/a.sh', timeout: '5m' },
    { reboot: true, timeout: '15m' },
    { document: 'AWS-UpdateSSMAgent', parameters: {}, timeout: '1h' },
  ]);
  expect(checks).toEqual([{ name: 'up', run: 'true', timeout: '10m' }]);
});

test('whoever names a key wants encryption; otherwise the account decides', () => {
  const { builder } = recipeOf({
    builder: {
      instanceTypes: ['t3.small'],
      rootVolume: { kmsKey: 'alias/golden' },
      volumes: [
        { device: '/dev/sdf', sizeGiB: 1 },
        { device: '/dev/sdg', sizeGiB: 1, kmsKey: 'alias/golden' },
      ],
    },
  });
  expect(builder.rootVolume).toEqual({ type: 'gp3', kmsKey: 'alias/golden', encrypted: true });
  expect(builder.volumes.map(({ encrypted }) => encrypted)).toEqual([undefined, true]);
});

test('triggers have defaults of their own, but only where they are given', () => {
  expect(recipeOf({ triggers: {} })).toMatchObject({
    triggers: { onSourceUpdate: false, rebuildAfter: '30d', flexibleWindow: '15m' },
  });
});

test('the document is not changed', () => {
  const before = structuredClone(document);
  parseRecipe(document, {});
  expect(document).toEqual(before);
});

test.each<[string, unknown]>([
  ['nothing', null],
  ['a list', []],
  ['"text"', 'text'],
])('a document that is %s is refused as such', (got, given) => {
  expect(parseRecipe(given, {})).toEqual({ problems: [{ path: [], message: `must be a map, got ${got}` }] });
});

test('in the region the pipeline runs in the keys of the builder must be of that region', () => {
  const builder = {
    instanceTypes: ['t3.small'],
    rootVolume: { kmsKey: 'arn:aws:kms:eu-west-1:111122223333:key/0123abcd-0000-4000-8000-0123456789ab' },
  };
  expect(parseRecipe({ ...document, builder }, {}, { home: 'eu-west-1' })).toHaveProperty('recipe');
  expect(parseRecipe({ ...document, builder }, {}, { home: 'us-east-1' })).toEqual({
    problems: [
      {
        path: ['builder', 'rootVolume', 'kmsKey'],
        message: 'is a key in eu-west-1, but the pipeline runs in us-east-1',
      },
    ],
  });
});

test('where the pipeline runs decides which target may do without a key of its own', () => {
  const given = {
    ...document,
    builder: { instanceTypes: ['t3.small'], rootVolume: { kmsKey: 'alias/golden' } },
    distribute: [{ region: 'us-east-1', accounts: ['111122223333'] }],
  };
  expect(parseRecipe(given, {})).toHaveProperty('recipe');
  expect(parseRecipe(given, {}, { home: 'us-east-1' })).toHaveProperty('recipe');
  expect(parseRecipe(given, {}, { home: 'eu-west-1' }).problems?.map(({ path }) => path)).toEqual([['distribute', 0]]);
});

test('problems of one part do not hide those of the others', () => {
  const { problems } = parseRecipe(
    {
      nam: 'x',
      source: { ami: 'ami-1' },
      builder: { instanceTypes: 't3.small' },
      provision: [{ run: 7 }, { run: 'true', powershell: 'exit' }],
      distribute: [{ region: 'us-east-1', acounts: [] }, { region: 'us-east-1' }],
    },
    {},
  );
  expect(problems?.map(({ path }) => formatPath(path)).toSorted()).toEqual(
    [
      'name',
      'nam',
      'source.ami',
      'source.owner',
      'builder.instanceTypes',
      'provision[0].run',
      'provision[1]',
      'distribute[0].acounts',
      'distribute[1].region',
    ].toSorted(),
  );
});

test('a wrong key of a section hides neither its rules nor those of its neighbours', () => {
  const { problems } = parseRecipe(
    {
      name: 'base',
      description: 'a base image',
      source: { ami: 'ami-0123456789abcdef0', owner: 'amazon' },
      builder: { instanceTypes: ['t3.small'], rootVolume: { sizeGiB: 'huge', encrypted: false, kmsKey: 'alias/x' } },
      distribute: [{ region: 'us-east-1', accounts: [12] }, { region: 'us-east-1' }],
    },
    {},
  );
  expect(problems?.map(({ path }) => formatPath(path)).toSorted()).toEqual([
    'builder.rootVolume.encrypted',
    'builder.rootVolume.sizeGiB',
    'distribute[0].accounts[0]',
    'distribute[1].region',
  ]);
});

test('formatted problems are in the order of the document, one line each, with or without a place', () => {
  const problems = [
    { path: ['distribute', 1, 'accounts', 0], message: 'is wrong' },
    { path: [], message: 'is odd' },
    { path: ['name'], message: 'is required' },
  ];
  const lines: Record<string, number> = { name: 1, 'distribute[1].accounts[0]': 12 };
  expect(
    formatProblems(problems, (path) => ({ file: 'recipes/x.yaml', line: lines[formatPath(path)] ?? 0, column: 5 })),
  ).toBe(
    [
      'recipes/x.yaml:0:5: is odd',
      'recipes/x.yaml:1:5 name: is required',
      'recipes/x.yaml:12:5 distribute[1].accounts[0]: is wrong',
    ].join('\n'),
  );
  expect(formatProblems(problems, () => undefined)).toBe(
    ['distribute[1].accounts[0]: is wrong', 'is odd', 'name: is required'].join('\n'),
  );
});

test('home is the region the pipeline runs in, whichever that is', () => {
  const given = { ...document, distribute: [{ region: 'home', accounts: ['111122223333'] }, { region: 'eu-west-1' }] };
  expect(parseRecipe(given, {}, { home: 'eu-central-1' }).recipe?.distribute).toMatchObject([
    { region: 'eu-central-1', accounts: ['111122223333'] },
    { region: 'eu-west-1' },
  ]);
  expect(parseRecipe(given, {}, { home: 'eu-west-1' }).problems).toEqual([
    {
      path: ['distribute', 1, 'region'],
      message: 'eu-west-1 is already the target distribute[0]; a further copy in the region needs an id of its own',
    },
  ]);
  // Nobody says where the pipeline runs: what depends on it cannot be judged, the rest can.
  expect(parseRecipe(given, {}).recipe?.distribute.map(({ region }) => region)).toEqual(['home', 'eu-west-1']);
  const key = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-4333-8444-555555555555';
  const keyed = { ...document, distribute: [{ region: 'home', kmsKey: key }] };
  expect(parseRecipe(keyed, {})).toHaveProperty('recipe');
  expect(parseRecipe(keyed, {}, { home: 'us-east-1' }).problems).toEqual([
    { path: ['distribute', 0, 'kmsKey'], message: 'is a key in eu-west-1, but the target is us-east-1' },
  ]);
});
