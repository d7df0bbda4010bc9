import { expect, test } from '@jest/globals';
import {
  account,
  build,
  consumer,
  imageIn,
  launched,
  leftIn,
  manifestIn,
  nothing,
  oneImageEach,
  organization,
  pipeline,
  recipe,
  statesEntered,
} from '../../support/pipeline.ts';

test('a recipe becomes an image that is in every target, shared, encrypted, tagged and published', async () => {
  const simulation = pipeline();
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });

  const [home, copy] = [imageIn(simulation, 'us-east-1'), imageIn(simulation, 'eu-west-1')];
  const { world, keys } = simulation.cloud;
  for (const [region, image] of [['us-east-1', home] as const, ['eu-west-1', copy] as const]) {
    expect(image).toMatchObject({ state: 'available', imdsSupport: 'v2.0', name: home.name });
    const snapshot = world.region(region).snapshots.get(image.mappings[0]?.snapshot ?? '');
    for (const tags of [image.tags, snapshot?.tags]) {
      expect(Object.fromEntries(tags ?? [])).toMatchObject({
        'golden:recipe': 'base',
        'golden:build': expect.stringMatching(/^20261123-030000-[0-9a-f]{4}$/),
        'golden:role': 'image',
        team: 'platform',
      });
    }
    const alias = region === 'us-east-1' ? 'alias/golden' : 'alias/golden-eu';
    expect(snapshot?.keyArn).toBe(keys.get(region)?.get(alias)?.arn);
  }
  expect(home.permissions).toEqual([{ UserId: consumer }]);
  expect(copy.permissions).toEqual([{ OrganizationArn: organization }]);
  const snapshots = world.region('us-east-1').snapshots;
  const shares = [...snapshots.values()]
    .filter(({ owner }) => owner === account)
    .map(({ sharedWith }) => [...sharedWith]);
  expect(shares).toEqual([[consumer]]);

  expect(leftIn(simulation)).toMatchObject({
    instances: [],
    volumes: [],
    channels: {
      'us-east-1': home.id,
      'eu-west-1': copy.id,
      'ap-southeast-2': imageIn(simulation, 'ap-southeast-2').id,
    },
  });
});

test('the manifest says what was made, where, for whom and how long it took, at what cost', async () => {
  const simulation = pipeline();
  const execution = await build(simulation);
  const manifest = manifestIn(simulation, execution);
  const home = imageIn(simulation, 'us-east-1');
  expect(manifest).toEqual({
    schema: 1,
    recipe: 'base',
    build: home.tags.get('golden:build'),
    status: 'published',
    source: {
      ami: expect.stringMatching(/^ami-/),
      owner: '137112412989',
      name: expect.stringMatching(/^al2023-ami-/),
      region: 'us-east-1',
    },
    image: { name: home.name, ami: home.id, region: 'us-east-1', snapshots: [home.mappings[0]?.snapshot] },
    targets: recipe.distribute.map(({ region }) => ({
      region,
      ami: imageIn(simulation, region).id,
      snapshots: [imageIn(simulation, region).mappings[0]?.snapshot],
      accounts: region === 'eu-west-1' ? [] : [consumer],
      organizations: region === 'eu-west-1' ? [organization] : [],
      organizationalUnits: [],
      parameter: '/golden/base/stable',
      status: 'published',
      error: null,
    })),
    timings: expect.any(Array),
    failure: null,
    cost: { usd: expect.any(Number), parts: expect.any(Object), snapshotsPerMonth: 1.2, unpriced: [] },
  });
  // 8 GiB go to two regions; the state that ends it comes after the count.
  expect(manifest.cost?.parts.transfer).toBe(0.32);
  const counted = Math.round((manifest.cost?.parts.transitions ?? 0) / (0.025 / 1000));
  expect(simulation.stepFunctions.stateTransitions(execution.arn) - counted).toBe(1);
  expect(manifest.timings[0]).toEqual({
    state: 'Resolve',
    startedAt: '2026-11-23T03:00:00.000Z',
    seconds: expect.any(Number),
  });
  expect(manifest.timings.map(({ state }) => state)).toEqual(
    statesEntered(execution).filter(
      (state) =>
        !/^(Begin|IsUpToDate|IsImageMade|IsRegistered|Is\w+Launched|Provision|Provisioned|Check|CheckAndCopy|Are\w+Due|Copy|IsCopied|Grant|IntoAccounts|IsTargetCopied|Distributed|IsVariant|CleanUp|Published)$/.test(
          state,
        ),
    ),
  );
});

test('builder and candidate are reachable by SSM only, demand IMDSv2, and end when they shut themselves down', async () => {
  const simulation = pipeline();
  await build(simulation);
  for (const role of ['builder', 'candidate']) {
    expect(launched(simulation, role)).toMatchObject([
      {
        metadata: { HttpTokens: 'required' },
        shutdownBehavior: 'terminate',
        profileArn: expect.stringContaining('golden-image-builder'),
      },
    ]);
  }
  const [request] = simulation.cloud.calls.filter(({ action }) => action === 'RunInstances');
  expect(request?.params).not.toHaveProperty('KeyName');
});

test('without a channel everything is distributed and nothing is published', async () => {
  const unpublished = { ...recipe, publish: undefined };
  const simulation = pipeline();
  const execution = await build(simulation, { recipe: unpublished });
  expect(execution.status).toBe('SUCCEEDED');
  expect(leftIn(simulation).channels).toEqual({});
  expect(manifestIn(simulation, execution).targets).toMatchObject([
    { parameter: null },
    { parameter: null },
    { parameter: null },
  ]);
});

test('where the home region is no target, the first image goes once its copies are right', async () => {
  const distribute = [{ region: 'eu-west-1', kmsKey: 'alias/golden-eu' }];
  const simulation = pipeline({ changes: { distribute } });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(leftIn(simulation)).toMatchObject({ images: ['eu-west-1 available'], snapshots: ['eu-west-1 completed'] });
});

test('a recipe can start from a channel, and only this account may have filled it', async () => {
  const simulation = pipeline();
  await build(simulation);
  const child = { ...recipe, name: 'child', source: { channel: 'base/stable' } };
  const execution = await build(simulation, { recipe: child });
  expect(manifestIn(simulation, execution).source).toMatchObject({
    owner: account,
    ami: leftIn(simulation).channels['us-east-1'],
  });
});

test('overrides change one build, not the recipe', async () => {
  const simulation = pipeline();
  const overrides = { publish: { channel: 'beta' }, distribute: [{ region: 'us-east-1' }] };
  const execution = await build(simulation, { recipe: 'base', overrides });
  expect(manifestIn(simulation, execution).targets).toMatchObject([
    { region: 'us-east-1', parameter: '/golden/base/beta' },
  ]);
  expect(leftIn(simulation).channels).toEqual({});
});

test.each([
  'ec2:RunInstances',
  'ec2:CreateImage',
  'ec2:CopyImage',
  'ssm:SendCommand',
  'ssm:PutParameter',
  'sfn:SendTaskSuccess',
])('a lost answer of %s makes no twin', async (action) => {
  const api = [{ action, times: 1, error: 'ServiceUnavailable', message: 'lost', after: true }];
  const simulation = pipeline({ scenario: { api } });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(leftIn(simulation).images).toEqual(oneImageEach);
  expect(launched(simulation, 'builder')).toHaveLength(1);
  expect(launched(simulation, 'candidate')).toHaveLength(1);
  const comments = [...simulation.cloud.world.region('us-east-1').commands.values()].map(({ comment }) => comment);
  expect(new Set(comments).size).toBe(comments.length);
});

test('throttling slows a build down and does nothing else', async () => {
  const api = ['ec2:DescribeImages', 'ec2:CreateImage', 'ec2:ModifyImageAttribute', 'ssm:GetCommandInvocation'].map(
    (action) => ({
      action,
      times: 12,
      error: action.startsWith('ec2') ? 'RequestLimitExceeded' : 'ThrottlingException',
      message: 'slow down',
    }),
  );
  const simulation = pipeline({ scenario: { api } });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(leftIn(simulation).images).toEqual(oneImageEach);
});

test('a build that was stopped is completed by starting it again: its image is adopted, no twin is made', async () => {
  const simulation = pipeline();
  const first = simulation.start({ recipe: 'base' }, 'first');
  simulation.stepFunctions.onEvent((execution, event) => {
    if (execution.name !== 'first' || event.type !== 'TaskStateEntered') return;
    if ((event['stateEnteredEventDetails'] as { name: string }).name !== 'LaunchCandidate') return;
    simulation.clock.at(simulation.clock.now(), () =>
      simulation.stepFunctions.actions['StopExecution']?.({ executionArn: first }, { account, region: 'us-east-1' }),
    );
  });
  expect((await simulation.finish(first)).status).toBe('ABORTED');
  const made = imageIn(simulation, 'us-east-1');

  const again = await build(simulation, { recipe: 'base', build: made.tags.get('golden:build') });
  expect(again.status).toBe('SUCCEEDED');
  expect(statesEntered(again)).not.toContain('CreateImage');
  expect(imageIn(simulation, 'us-east-1').id).toBe(made.id);
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
});

test('starting a published build again changes nothing', async () => {
  const simulation = pipeline();
  const execution = await build(simulation);
  const before = leftIn(simulation);
  const { build: id } = manifestIn(simulation, execution);
  const again = await build(simulation, { recipe: 'base', build: id });
  expect(again.status).toBe('SUCCEEDED');
  expect(leftIn(simulation)).toEqual(before);
});

const denied = (action: string, region = 'us-east-1') => ({
  api: [
    { action, region, error: 'UnauthorizedOperation', message: 'You are not authorized to perform this operation.' },
  ],
});

test.each(['ec2:RunInstances', 'ec2:CreateImage', 'ssm:SendCommand', 'ec2:StopInstances', 'ec2:ModifyImageAttribute'])(
  'a refused %s ends the build, says who refused what where, and leaves nothing',
  async (action) => {
    const simulation = pipeline({ scenario: denied(action) });
    const execution = await build(simulation);
    expect(execution.status).toBe('FAILED');
    expect(execution.cause).toMatch(new RegExp(`${action}.*us-east-1.*UnauthorizedOperation.*request [0-9a-f-]+`, 's'));
    expect(leftIn(simulation)).toEqual(nothing);
  },
);

test("a recipe's own Name tag wins", async () => {
  const simulation = pipeline({ changes: { image: { tags: { Name: 'web' } } } });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(imageIn(simulation, 'eu-west-1').tags.get('Name')).toBe('web');
});
