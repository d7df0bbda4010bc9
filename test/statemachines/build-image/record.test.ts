import { expect, test } from '@jest/globals';
import { breakerOf } from '../../../core/start/breaker.ts';
import { recipeDigest } from '../../../core/build/content-digest.ts';
import type { Plan } from '../../../core/build/plan.ts';
import { parseRecipe } from '../../../core/recipe/recipe.ts';
import type { RecipeRecord } from '../../../core/build/record.ts';
import { crash, type Interference } from '../../../simulator/pipeline/interference.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { artifactKeys, build, manifestIn, onlyManifest, pipeline, recipe, targets } from '../../support/pipeline.ts';

const hour = 3600;
const short = { distribute: [targets.home], provision: recipe.provision.slice(0, 1) };
const failingCheck = { commands: [{ step: 'boots', exitCode: 1, times: 1 }] };
const trigger = { by: 'schedule', reason: 'rate(7 days)' };
const byItself = (simulation: Simulation) => build(simulation, { recipe: 'base', trigger });

const recordIn = (simulation: Simulation) => simulation.read({ recipe: 'base' }, 'record') ?? null;
const planIn = (simulation: Simulation, id: string | undefined) =>
  simulation.read({ recipe: 'base', build: id ?? '' }, 'plan') as Plan;

const crashAfter = (name: string): NonNullable<Interference['invoke']> => {
  return async (stage, attempt, run) => {
    const answer = await run();
    if (stage === name && attempt === 1) throw crash();
    return answer;
  };
};

test('a build that starts by itself and fails is on record with all that went into it, and one that is published makes up for it', async () => {
  const simulation = pipeline({ changes: short, scenario: failingCheck });
  await byItself(simulation);
  const id = onlyManifest(simulation)?.build ?? '';
  const plan = planIn(simulation, id);
  expect(plan.trigger).toEqual(trigger);
  expect(recordIn(simulation)).toEqual({
    schema: 1,
    started: { build: id, at: plan.startedAt, by: 'schedule' },
    failures: [
      {
        build: id,
        automatic: true,
        source: plan.source.ami,
        digest: plan.digest,
        recipeDigest: plan.recipeDigest,
        error: 'CheckFailed',
        state: 'AwaitCheck',
        at: expect.any(String),
      },
    ],
  });

  const published = manifestIn(simulation, await build(simulation));
  const { startedAt } = planIn(simulation, published.build);
  expect(recordIn(simulation)).toEqual({
    schema: 1,
    started: { build: published.build, at: startedAt, by: 'hand' },
    published: {
      build: published.build,
      digest: plan.digest,
      source: plan.source.ami,
      at: expect.any(String),
      usual: expect.objectContaining({ image: expect.any(Number), provision: { patch: expect.any(Number), sanitize: expect.any(Number) } }),
      images: [{ region: 'us-east-1', ami: expect.any(String) }],
    },
    failures: [],
  });
});

test('a build that was refused is not on record', async () => {
  const simulation = pipeline();
  await build(simulation, { recipe: 'base', trigger: { ...trigger, reason: '' } });
  expect(artifactKeys(simulation)).toEqual([]);
});

test('a start that finds the recipe busy changes nothing about its record', async () => {
  const simulation = pipeline({ changes: short });
  const first = simulation.start({ recipe: 'base' }, 'first');
  const seen: unknown[] = [];
  simulation.stepFunctions.onEvent((execution, event) => {
    const entered = (event['stateEnteredEventDetails'] as { name?: string } | undefined)?.name;
    if (execution.name === 'first' && entered === 'Launch') {
      seen.push(recordIn(simulation));
      simulation.clock.at(simulation.clock.now(), () => simulation.start({ recipe: 'base', trigger }, 'second'));
    }
    if (execution.name === 'second' && event.type === 'ExecutionFailed') seen.push(recordIn(simulation));
  });
  await simulation.finish(first);
  expect(seen).toEqual([expect.objectContaining({ failures: [] }), seen[0]]);
});

test('a build that fails before it is planned is known by its recipe', async () => {
  const simulation = pipeline({ changes: { source: { parameter: '/aws/service/none', owner: 'amazon' } } });
  expect((await byItself(simulation)).error).toBe('SourceNotFound');
  const { recipe: parsed } = parseRecipe(
    { ...recipe, source: { parameter: '/aws/service/none', owner: 'amazon' } },
    {},
  );
  const digest = parsed && recipeDigest(parsed, {}, '1.0.0');
  expect(recordIn(simulation)).toEqual({
    schema: 1,
    failures: [
      {
        build: onlyManifest(simulation)?.build,
        automatic: true,
        source: null,
        digest: null,
        recipeDigest: digest,
        error: 'SourceNotFound',
        state: 'Resolve',
        at: expect.any(String),
      },
    ],
  });
});

test('five failures in a row open the breaker, and another recipe closes it', async () => {
  const simulation = pipeline({ changes: { source: { parameter: '/aws/service/none', owner: 'amazon' } } });
  for (let count = 0; count < 5; count++) await byItself(simulation);
  const record = recordIn(simulation);
  const [last] = record?.failures.slice(-1) ?? [];
  const breaker = (digest = '') => breakerOf(record ? { base: record } : {}, 'base', digest, 'ami-0123456789abcdef0');
  expect(breaker(last?.recipeDigest)).toEqual({ open: true, of: 'recipe', failures: 5, since: last?.at });
  expect(breaker('another')).toEqual({ open: false });
});

test.each(['RecordFailure', 'Compensate'])('a %s that dies after its work records one failure', async (name) => {
  const simulation = pipeline({ changes: short, scenario: failingCheck, interfere: { invoke: crashAfter(name) } });
  await byItself(simulation);
  await simulation.pass(hour); // the clean-up from outside has seen it, too
  expect(recordIn(simulation)?.failures).toEqual([expect.objectContaining({ error: 'CheckFailed', automatic: true })]);
});

test('a CleanUp that dies after its work publishes once, also after its answer is lost', async () => {
  const simulation = pipeline({ changes: short, interfere: { invoke: crashAfter('CleanUp') } });
  const put = simulation.cloud.services.s3['PutObject'];
  let lost = 0;
  simulation.cloud.services.s3['PutObject'] = (input, from) => {
    const answer = put?.(input, from);
    const { Key, Body } = input as { Key: string; Body: unknown };
    if (Key.endsWith('/record.json') && String(Body).includes('"published"') && lost++ === 0)
      throw Object.assign(new Error('lost'), { name: 'InternalError', $fault: 'server' });
    return answer;
  };
  const { build: id } = manifestIn(simulation, await build(simulation));
  expect(lost).toBeGreaterThan(0);
  expect(recordIn(simulation)).toMatchObject({ published: { build: id }, failures: [] });
});

test.each([
  ['AwaitImage', 'ABORTED'],
  ['AwaitImage', 'TIMED_OUT'],
] as const)('a build that dies at %s (%s) is put on record from outside, once', async (state, status) => {
  const enter = (entered: string) => (entered === state ? status : undefined);
  const simulation = pipeline({ changes: short, interfere: { enter, invoke: crashAfter('RecordFailure') } });
  await byItself(simulation);
  await simulation.pass(hour);
  expect(recordIn(simulation)?.failures).toEqual([expect.objectContaining({ error: status, automatic: true })]);
});

test('a build that died after its image was published is on record as published', async () => {
  const enter = (entered: string) => (entered === 'CleanUp' ? ('ABORTED' as const) : undefined);
  const simulation = pipeline({ changes: short, interfere: { enter }, scenario: { delays: {} } });
  await byItself(simulation);
  await simulation.pass(hour);
  const manifest = onlyManifest(simulation);
  expect(manifest).toMatchObject({ status: 'published', failure: { state: 'CleanUp', error: 'ABORTED' } });
  expect(recordIn(simulation)).toMatchObject({ published: { build: manifest?.build }, failures: [] });
});

test('two who change a record at once do not overwrite each other', async () => {
  const simulation = pipeline({ changes: short });
  const put = simulation.cloud.services.s3['PutObject'];
  const other = {
    build: '20261101-000000-0000',
    digest: 'd',
    source: 'ami-0123456789abcdef0',
    at: '2026-11-01T00:00:00Z',
  };
  let faster = 1;
  simulation.cloud.services.s3['PutObject'] = (input, from) => {
    const { Key, Bucket } = input as { Key: string; Bucket: string };
    const Body = JSON.stringify({ schema: 1, published: other, failures: [] });
    if (Key.endsWith('/record.json') && faster-- > 0) put?.({ Key, Bucket, Body }, from);
    return put?.(input, from);
  };
  let begun: RecipeRecord | null = null;
  simulation.stepFunctions.onEvent((_, { stateEnteredEventDetails }) => {
    if ((stateEnteredEventDetails as { name?: string } | undefined)?.name === 'Launch') begun = recordIn(simulation);
  });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(begun).toMatchObject({ published: other, started: { by: 'hand' }, failures: [] });
});
