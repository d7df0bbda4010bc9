import { beforeAll, expect, test } from '@jest/globals';
import { pageObject } from '../../../core/memory/documents.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import { day } from '../../support/triggered.ts';
import { recipe } from '../../support/pipeline.ts';

const catalog = { recipes: { base: { ...recipe } as Record<string, unknown> }, scripts: {}, version: '1.0.0' };
let simulation: Simulation;
const pages: Record<string, string> = {};

async function built(name: string, input: object = {}, fail?: 'abort'): Promise<void> {
  const execution = simulation.start({ recipe: 'base', force: true, ...input }, name);
  if (fail) {
    await simulation.pass(120);
    const { actions } = simulation.stepFunctions;
    const [, , , region = '', account = ''] = execution.split(':');
    void (actions['StopExecution'] as (input: object, caller: object) => unknown)(
      { executionArn: execution },
      { region, account },
    );
    await simulation.pass(3600);
  } else await simulation.finish(execution);
  await simulation.pass(60);
  const build = [...simulation.cloud.world.buckets.get(simulation.bucket)!.objects.keys()]
    .flatMap((key) => /^builds\/base\/(\d[^/]+)\/plan\.json$/.exec(key)?.[1] ?? [])
    .toSorted()
    .at(-1)!;
  pages[name] = simulation.artifact(pageObject.key({ recipe: 'base', build })) ?? '';
}

const textOf = (page = '') =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');

beforeAll(async () => {
  simulation = createSimulation({ catalog, pages: true });
  await built('first');
  await simulation.pass(60 * day);
  simulation.sourceUpdated(recipe.source.parameter);
  const provision = [
    { name: 'patch', run: 'dnf -y upgrade' },
    { name: 'web', run: 'dnf -y install nginx' },
  ];
  catalog.recipes['base'] = { ...recipe, provision };
  await built('second');
  await simulation.pass(day);
  await built('aborted', {}, 'abort');
}, 60_000);

test('the page of a build is beside its manifest once the build has ended', () => {
  expect(pages['first']).toMatch(/^<!doctype html>/);
  expect(textOf(pages['first'])).toContain('✓ The image is published in 3 regions');
  const object = [...simulation.cloud.world.buckets.get(simulation.bucket)!.objects].find(([key]) =>
    key.endsWith('report.html'),
  );
  expect(object?.[1].type).toBe('text/html; charset=utf-8');
});

test('it has the whole timeline, also of the state that writes the manifest', () => {
  expect(pages['first']).toMatch(/aria-label="CleanUp took [^"]+"/);
});

test('it has the output of steps and checks', () => {
  expect(textOf(pages['first'])).toMatch(/patch ✓ done.*patch: done.*boots ✓ done.*boots: done/);
});

test('it tells what changed since the published image: source, recipe and packages', () => {
  const text = textOf(pages['second']);
  expect(text).toMatch(/Compared with the published build 20261123-030000-\w{4}/);
  expect(text).toMatch(/Source image ami-\w+ al2023-\S+ → ami-\w+ al2023-/);
  expect(text).toMatch(/\+ run: dnf -y install nginx/);
  expect(text).toMatch(/nginx – \d/);
  expect(text).toMatch(/[1-9]\d* changed, 1 added, 0 removed/);
});

test('a build that was stopped gets its page from its clean-up', () => {
  expect(textOf(pages['aborted'])).toMatch(/✗ Failed in \w+ \S+ with ABORTED .*Undone .*terminated instance/);
});

test('a build with nothing to do has no page, and nothing fails', async () => {
  const execution = simulation.start({ recipe: 'base' }, 'again');
  await simulation.finish(execution);
  await simulation.pass(600);
  expect(simulation.queue('TriggerFailures')).toEqual([]);
});
