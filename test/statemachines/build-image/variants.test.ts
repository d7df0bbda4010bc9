import { expect, test } from '@jest/globals';
import { buildName } from '../../../core/build/identity.ts';
import { operator } from '../../support/deployed.ts';
import { leftIn, nothing, statesEntered } from '../../support/pipeline.ts';
import { arm, catalogOf, channelsIn, everywhere, lastOf, intel, nowhere, varied, variedPipeline } from '../../support/variants.ts';

const hour = 3600;
const start = { recipe: 'base' };

test('variants are built side by side under one id, and each is published to a channel of its own', async () => {
  const simulation = variedPipeline();
  const execution = await simulation.finish(simulation.start(start));
  const build = buildName({ id: execution.arn, startedAt: execution.startDate.toISOString() });
  expect(JSON.parse(execution.output ?? '')).toEqual({
    recipe: 'base',
    build,
    status: 'published',
    variants: [
      { recipe: intel, build, status: 'published' },
      { recipe: arm, build, status: 'published' },
    ],
  });
  expect(channelsIn(simulation)).toEqual(everywhere(build));
  expect(simulation.read({ recipe: 'base', build }, 'manifest')).toMatchObject({ status: 'published', targets: [] });
  const architectures = ['us-east-1', 'eu-west-1'].flatMap((region) =>
    [...simulation.cloud.world.region(region).images.values()].flatMap(({ owner, name, architecture }) =>
      owner === '222233334444' ? [`${name.split('-2')[0]} ${architecture}`] : [],
    ),
  );
  expect(architectures.toSorted()).toEqual([
    'base-arm64 arm64',
    'base-arm64 arm64',
    'base-x86_64 x86_64',
    'base-x86_64 x86_64',
  ]);
  expect(leftIn(simulation)).toMatchObject({ instances: [], volumes: [] });

  const again = await simulation.finish(simulation.start(start));
  expect(JSON.parse(again.output ?? '')).toMatchObject({
    status: 'up-to-date',
    variants: [
      { recipe: intel, build, status: 'up-to-date' },
      { recipe: arm, build, status: 'up-to-date' },
    ],
  });
});

test('a variant that is up to date does not hold the others up, and keeps its image', async () => {
  const simulation = variedPipeline();
  const first = await simulation.finish(simulation.start(start));
  const { build: before } = JSON.parse(first.output ?? '') as { build: string };
  simulation.sourceUpdated(varied.source.parameter);
  const second = await simulation.finish(simulation.start(start));
  const { build } = JSON.parse(second.output ?? '') as { build: string };
  expect(JSON.parse(second.output ?? '')).toMatchObject({
    status: 'published',
    variants: [
      { recipe: intel, build, status: 'published' },
      { recipe: arm, build: before, status: 'up-to-date' },
    ],
  });
  expect(channelsIn(simulation)).toEqual({ ...everywhere(before), [intel]: everywhere(build)[intel] });
});

test('a variant whose check fails leaves none published, and the failure names it', async () => {
  const checks = [{ name: 'boots', run: 'true' }, { name: 'only on arm', run: 'false' }];
  const simulation = variedPipeline({
    changes: { variants: { ...varied.variants, arm64: { ...varied.variants['arm64'], checks } } },
    scenario: { commands: [{ step: 'only on arm', exitCode: 1, stderr: 'no such feature' }] },
    notify: true,
  });
  const execution = await simulation.finish(simulation.start(start));
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: 'VariantFailed',
    cause: expect.stringMatching(/base-arm64: CheckFailed: .*\nbase-x86_64: not published, since the variants go together/),
  });
  expect(lastOf(simulation, arm)?.error).toBe('CheckFailed');
  expect(lastOf(simulation, intel)).toMatchObject({
    error: 'VariantFailed',
    cause: expect.stringContaining('base-arm64 failed and is undone'),
  });
  await simulation.pass(hour);
  expect(channelsIn(simulation)).toEqual(nowhere);
  expect(leftIn(simulation)).toEqual(nothing);
  expect(simulation.read({ recipe: intel }, 'record')?.failures).toEqual([]);
  expect(simulation.read({ recipe: arm }, 'record')?.failures).toHaveLength(1);
  const told = simulation.mails.map(({ subject, text }) => [subject, text.match(/^base-\S+ .*$/gm)?.map((line) => line.replace(/-2\d{7}-\S+/, ''))]);
  expect(told).toEqual([
    [
      'golden-image-dev: base FAILED in AwaitVariants: VariantFailed',
      [expect.stringContaining('base-arm64: CheckFailed'), 'base-x86_64: not published, since the variants go together', 'base-x86_64 failed in AwaitOthers: VariantFailed', 'base-arm64 failed in AwaitCheck: CheckFailed'],
    ],
  ]);
});

test.each([
  [arm, 'Resolve', true],
  [arm, 'AwaitImage', true],
  [arm, 'AwaitImage', false],
  [arm, 'AwaitOthers', true],
  [arm, 'AwaitOthers', false],
  [arm, 'Publish', true],
  [arm, 'Publish', false],
] as const)('%s that dies in %s leaves none published (its end heard: %s)', async (name, state, heard) => {
  const simulation = variedPipeline({
    scenario: { delays: {}, rates: { eventsLost: heard ? 0 : 1 } },
    interfere: {
      enter: (entered, _, { execution }) =>
        entered === state && execution.name.startsWith(name) ? 'ABORTED' : undefined,
    },
  });
  const execution = await simulation.finish(simulation.start(start));
  expect(execution).toMatchObject({ error: 'VariantFailed', cause: expect.stringContaining(`${name}: ABORTED`) });
  expect(lastOf(simulation, intel)?.error).toBe('VariantFailed');
  await simulation.pass(2 * hour);
  // A sweep undoes what nobody heard of.
  if (!heard) await simulation.pass(8 * 24 * hour);
  if (!heard) await simulation.finish(simulation.sweep());
  await simulation.pass(hour);
  expect([channelsIn(simulation), leftIn(simulation)]).toEqual([nowhere, nothing]);
});

test('what starts the variants may die: they are not published, unless they were before', async () => {
  const dying = (state: string) => ({
    interfere: { enter: (entered: string) => (entered === state ? ('ABORTED' as const) : undefined) },
  });
  const early = variedPipeline(dying('AwaitVariants'));
  await early.finish(early.start(start));
  await early.pass(2 * hour);
  expect(lastOf(early, intel)?.error).toBe('VariantFailed');
  expect(lastOf(early, arm)?.error).toBe('VariantFailed');
  expect([channelsIn(early), leftIn(early)]).toEqual([nowhere, nothing]);
});

test('a variant that dies after the last one had written its channel is published like the others', async () => {
  const simulation = variedPipeline({
    interfere: {
      enter: (entered, _, { execution }) =>
        entered === 'CleanUp' && execution.name.startsWith(arm) ? 'ABORTED' : undefined,
    },
  });
  const execution = await simulation.finish(simulation.start(start));
  await simulation.pass(2 * hour);
  expect(execution.error).toBe('VariantFailed');
  const build = buildName({ id: execution.arn, startedAt: execution.startDate.toISOString() });
  expect(channelsIn(simulation)).toEqual(everywhere(build));
  expect(simulation.read({ recipe: arm, build }, 'manifest')?.status).toBe('published');
});

test.each([
  [{ recipe: arm }, 'recipe: base-arm64 is a variant of base, and its variants are published together: start base'],
  [{ recipe: arm, build: '20260101-000000-0a0a', variantOf: 'base' }, 'variantOf: is set by the pipeline only: to build base-arm64, start base'],
  [{ recipe: 'base', build: '20260101-000000-0a0a' }, 'build: does not go with a recipe that has variants: start it without "build"'],
  [{ recipe: 'base', overrides: { image: { capture: 'never' } } }, 'image.capture: must be one of'],
  [{ recipe: 'base', fourth: 1 }, 'unknown key fourth'],
])('%j is refused, and no variant is begun', async (input, problem) => {
  const simulation = variedPipeline();
  const execution = await simulation.finish(simulation.start(input));
  expect(execution).toMatchObject({ error: 'RecipeInvalid', cause: expect.stringContaining(problem) });
  expect(simulation.executions()).toHaveLength(1);
});

test('a recipe with variants can be handed to a start as a document, with overrides for all variants', async () => {
  const simulation = variedPipeline({ catalog: { recipes: {}, scripts: {}, version: '1.0.0' } });
  const input = { recipe: varied, overrides: { image: { capture: 'running' } } };
  const execution = await simulation.finish(simulation.start(input));
  expect(JSON.parse(execution.output ?? '{}')).toMatchObject({ status: 'published', variants: [{}, {}] });
  const { build } = JSON.parse(execution.output ?? '{}') as { build: string };
  expect(simulation.read({ recipe: arm, build }, 'plan')?.document.image.capture).toBe('running');
  expect(statesEntered(lastOf(simulation, arm) ?? execution)).toContain('AwaitOthers');
});

test('while a recipe with variants is being built, a second start of it is busy', async () => {
  const simulation = variedPipeline();
  const first = simulation.start(start);
  await simulation.pass(60);
  expect(await simulation.finish(simulation.start(start))).toMatchObject({ error: 'RecipeBusy' });
  expect((await simulation.finish(first)).status).toBe('SUCCEEDED');
  expect(Object.keys(catalogOf(varied).recipes)).toEqual([intel, arm]);
});

test('the held instance of a variant is found by the words of its failure', async () => {
  const simulation = variedPipeline({
    changes: { variants: { ...varied.variants, arm64: { ...varied.variants['arm64'], onFailure: 'hold', checks: [{ name: 'only on arm', run: 'false' }] } } },
    scenario: { commands: [{ step: 'only on arm', exitCode: 1 }] },
  });
  await simulation.finish(simulation.start(start));
  const cause = lastOf(simulation, arm)?.cause ?? '';
  const [, wanted = ''] = /golden shell (\S+)/.exec(cause) ?? [];
  expect(wanted).toMatch(/^base-arm64-2/);
  expect(cause).not.toContain('golden retry');
  expect((await operator(simulation, { session: async () => 0 }).run('shell', wanted)).exitCode).toBe(0);
  const { out: told } = await operator(simulation).run('cancel', 'base');
  const [, all = ''] = /candidate i-\w+ of base-arm64-\S+, which failed, is held until \S+: golden cancel (\S+) ends that/.exec(told) ?? [];
  expect(all).toMatch(/^2/);
  expect((await operator(simulation).run('cancel', all)).out).toMatch(/of base-arm64-\S+ is no longer held/);
  await simulation.pass(600);
  expect(leftIn(simulation).instances).toEqual([]);
});
