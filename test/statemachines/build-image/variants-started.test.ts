import { expect, test } from '@jest/globals';
import type { Catalog } from '../../../core/recipe/types.ts';
import { schedulesOf } from '../../../core/start/recipe-schedule.ts';
import { createSimulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk } from '../../support/pipeline.ts';
import { skipped, started } from '../../support/triggered.ts';
import { arm, catalogOf, channelsIn, everywhere, intel, varied } from '../../support/variants.ts';

const hour = 3600;
const day = 24 * hour;
const schedule = { schedule: 'cron(0 4 ? * MON *)' };
const scenario = { delays: brisk };
const onSourceUpdate = { onSourceUpdate: true };
const web = {
  ...varied,
  name: 'web',
  source: { channel: `${intel}/stable` },
  triggers: onSourceUpdate,
  variants: { x86_64: {}, arm64: { source: { channel: `${arm}/stable`, parameter: null, owner: null }, builder: { instanceTypes: ['t4g.small'] } } },
};

function catalogWith(...documents: Record<string, unknown>[]): Catalog {
  const all = documents.map(catalogOf);
  return {
    recipes: Object.assign({}, ...all.map(({ recipes }) => recipes)) as Catalog['recipes'],
    scripts: {},
    version: '1.0.0',
    variants: Object.assign({}, ...all.map(({ variants }) => variants)) as NonNullable<Catalog['variants']>,
  };
}

test('a schedule starts all variants once, and what builds on them follows once when all are published', async () => {
  const catalog = catalogWith({ ...varied, triggers: schedule }, web);
  expect(schedulesOf(catalog).map(({ recipe }) => recipe)).toEqual(['base']);
  const simulation = createSimulation({ catalog, triggers: true, scenario });
  await simulation.pass(6 * hour);
  expect(started(simulation)).toEqual(['base by schedule', 'web by parent']);
  const builds = simulation.executions().map(({ input }) => (JSON.parse(input) as { recipe: string }).recipe);
  expect(builds).toEqual(['base', intel, arm, 'web', 'web-x86_64', 'web-arm64']);
  expect(simulation.executions().filter(({ status }) => status !== 'SUCCEEDED')).toEqual([]);
  expect(skipped(simulation)).toContain('web: parent is still building');

  // What was made of a revoked variant is started by the name of its recipe, since no variant is built alone.
  const { build } = JSON.parse(simulation.executions()[0]?.output ?? '{}') as { build: string };
  await simulation.finish(simulation.start({ recipe: 'base', force: true }));
  const revoke = { recipe: 'base', verb: 'revoke', build, why: 'CVE-2026-1', descendants: 'rebuild', plan: true };
  const planned = JSON.parse((await simulation.finish(simulation.move(revoke))).output ?? '{}') as { rebuild: string[]; builds: object[] };
  expect(planned).toMatchObject({ rebuild: ['web'], builds: [{ recipe: intel }, { recipe: arm }] });
});

test('sources that are updated at once start one build of all, and one source alone builds one variant', async () => {
  const catalog = catalogWith({ ...varied, triggers: onSourceUpdate });
  const simulation = createSimulation({ catalog, triggers: true, scenario });
  await simulation.pass(6 * hour);
  simulation.sourceUpdated(varied.source.parameter);
  simulation.sourceUpdated(varied.source.parameter.replace('x86_64', 'arm64'));
  await simulation.pass(3 * hour);
  expect(started(simulation)).toEqual(['base by source', 'base by source']);
  const both = simulation.executions().at(3)?.output ?? '{}';
  expect((JSON.parse(both) as { variants: object[] }).variants).toMatchObject([{ status: 'published' }, { status: 'published' }]);
  await simulation.pass(day);
  simulation.sourceUpdated(varied.source.parameter);
  await simulation.pass(3 * hour);
  expect(started(simulation)).toHaveLength(3);
  const { build, variants } = JSON.parse(simulation.executions().at(6)?.output ?? '{}') as { build: string; variants: object[] };
  expect(variants).toMatchObject([{ status: 'published' }, { status: 'up-to-date' }]);
  expect(channelsIn(simulation)[intel]).toEqual(everywhere(build)[intel]);
  expect(simulation.executions().filter(({ status }) => status !== 'SUCCEEDED')).toEqual([]);
});
