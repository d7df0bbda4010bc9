import { expect, test } from '@jest/globals';
import {
  account,
  build,
  imageIn,
  launched,
  leftIn,
  manifestIn,
  oneImageEach,
  onlyManifest,
  pipeline,
  regions,
  stopAt,
  stoppedAt,
  unheard,
} from '../../support/pipeline.ts';

test.each([
  'AwaitBuilder',
  'Provision',
  'AwaitCommand',
  'Seal',
  'CreateImage',
  'AwaitImage',
  'Check',
  'Copy',
  'AwaitCopy',
  'Grant',
  'Verify',
  'Publish',
  'CleanUp',
])('a build that was stopped at %s is completed by starting it again, without twins', async (state) => {
  const simulation = pipeline(unheard);
  const id = await stoppedAt(simulation, state);
  const again = await build(simulation, { recipe: 'base', build: id });
  expect(again).toMatchObject({ status: 'SUCCEEDED' });
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });
  expect(leftIn(simulation).images).toEqual(oneImageEach);
  expect(Object.keys(leftIn(simulation).channels)).toEqual(regions);
  expect(launched(simulation, 'builder')).toHaveLength(1);
  const sent = [...simulation.cloud.world.region('us-east-1').commands.values()];
  const comments = sent.map(({ comment, invocations }) => `${invocations[0]?.instance.id} ${comment}`);
  expect(new Set(comments).size).toBe(comments.length);
});

test('a build is completed hours later, when EC2 shows its dead candidate no more but still knows its token', async () => {
  const simulation = pipeline(unheard);
  const id = await stoppedAt(simulation, 'Grant');
  await simulation.pass(3 * 3600);
  expect(await build(simulation, { recipe: 'base', build: id })).toMatchObject({ status: 'SUCCEEDED' });
  expect(launched(simulation, 'candidate').map(({ type }) => type)).toEqual(['t3.small', 't3.small']);
});

test('a build is not taken apart by another start that is refused', async () => {
  const simulation = pipeline();
  const first = simulation.start({ recipe: 'base' }, 'first');
  const refused: string[] = [];
  simulation.stepFunctions.onEvent((execution, event) => {
    if (
      execution.name !== 'first' ||
      (event['stateEnteredEventDetails'] as { name?: string } | undefined)?.name !== 'Seal'
    )
      return;
    const id = launched(simulation, 'builder')[0]?.tags.get('golden:build');
    simulation.clock.at(simulation.clock.now(), () => {
      refused.push(simulation.start({ recipe: 'base', build: id, overrides: { nonsense: 1 } }, 'refused'));
      refused.push(simulation.start({ recipe: 'base', build: id }, 'same'));
      refused.push(simulation.start({ recipe: 'base' }, 'other'));
    });
  });
  expect((await simulation.finish(first)).status).toBe('SUCCEEDED');
  expect(refused.map((arn) => simulation.stepFunctions.execution(arn).error)).toEqual([
    'RecipeInvalid',
    'RecipeBusy',
    'RecipeBusy',
  ]);
  expect(simulation.stepFunctions.execution(refused[2] ?? '').cause).toContain(first);
  expect(leftIn(simulation).images).toEqual(oneImageEach);
  expect(onlyManifest(simulation)?.status).toBe('published');
});

test('a recipe whose execution was stopped can be built again', async () => {
  const simulation = pipeline();
  await stoppedAt(simulation, 'Seal');
  expect((await build(simulation)).status).toBe('SUCCEEDED');
});

test('a build that failed is not started again: it was undone', async () => {
  const simulation = pipeline({ scenario: { commands: [{ step: 'boots', exitCode: 1, times: 1 }] } });
  await build(simulation);
  const id = onlyManifest(simulation)?.build;
  expect(await build(simulation, { recipe: 'base', build: id })).toMatchObject({
    error: 'RecipeInvalid',
    cause: expect.stringContaining(`build: ${id} failed and was undone (CheckFailed)`),
  });
  expect(onlyManifest(simulation)?.failure?.error).toBe('CheckFailed');
});

test('a published build whose image has gone is not started again', async () => {
  const simulation = pipeline();
  const { build: id } = manifestIn(simulation, await build(simulation));
  for (const region of ['us-east-1', 'eu-west-1', 'ap-southeast-2']) {
    simulation.cloud.services.ec2['DeregisterImage']?.(
      { ImageId: imageIn(simulation, region).id },
      { account, region },
    );
  }
  expect(await build(simulation, { recipe: 'base', build: id })).toMatchObject({ error: 'RecipeInvalid' });
});

test('a build keeps the recipe it was planned with: overrides that would change it are refused', async () => {
  const simulation = pipeline(unheard);
  const id = await stoppedAt(simulation, 'AwaitCopy');
  const overrides = { publish: { channel: 'beta' } };
  expect(await build(simulation, { recipe: 'base', build: id, overrides })).toMatchObject({
    error: 'RecipeInvalid',
    cause: expect.stringContaining('keeps the recipe it was planned with'),
  });
});

test.each([
  ['with', {}],
  ['without', { overrides: { publish: null } }],
])(
  'a target that is published stays when it is found wrong as the build is started again (%s a channel)',
  async (_, more) => {
    const simulation = pipeline(unheard);
    const first = simulation.start({ recipe: 'base', ...more });
    stopAt(simulation, first, 'CleanUp');
    await simulation.finish(first);
    const { images, channels } = leftIn(simulation);
    expect(images).toHaveLength(3);
    const describe = simulation.cloud.services.ec2['DescribeSnapshotAttribute'];
    simulation.cloud.services.ec2['DescribeSnapshotAttribute'] = (input, from) =>
      from.region === 'ap-southeast-2' ? { CreateVolumePermissions: [] } : describe?.(input, from);
    const id = launched(simulation, 'builder')[0]?.tags.get('golden:build');
    expect((await build(simulation, { recipe: 'base', build: id, ...more })).status).toBe('SUCCEEDED');
    expect(leftIn(simulation)).toMatchObject({ images, channels });
  },
);
