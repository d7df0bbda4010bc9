import { writeFileSync } from 'node:fs';
import { createSimulation, type Simulation } from '../simulator/pipeline/simulation.ts';
import type { Execution } from '../simulator/states/step-functions.ts';
import { overlappedBound } from './bound.ts';
import { resourceDelays, smallRecipe } from './cases.ts';
import { crowdBound, type Alone } from './crowd-bound.ts';
import { curveSvg } from './curve.ts';
import { secondsToPublished } from './measured-build.ts';
import { printTable } from './table.ts';

/**
 * Builds that start within the same minute, in one account with EC2's request limits and quotas: the number that
 * is published, the calls and the time that the crowd takes, and the least time that the limits allow.
 */

/** What each build distributes to. */
interface Crowd {
  regions: number;
  accounts: number;
}

interface Measured {
  simulation: Simulation;
  executions: Execution[];
  wallSeconds: number;
  memoryMiB: number;
}

interface Row extends Omit<Measured, 'simulation' | 'executions'> {
  builds: number;
  published: number;
  errors: string[];
  slowest: number;
  /** From the first start until the last build is published. */
  total: number;
  bound: number;
  imposedBy: string | undefined;
  calls: number;
  throttled: number;
}

const minute = 60;

async function measure(builds: number, { regions, accounts }: Crowd): Promise<Measured> {
  const names = Array.from({ length: builds }, (_, index) => `crowd-${index + 1}`);
  const recipes = Object.fromEntries(names.map((name) => [name, { ...smallRecipe(regions, accounts), name }]));
  const began = performance.now();
  const simulation = createSimulation({
    catalog: { recipes, scripts: {}, version: '1.0.0' },
    throttling: true,
    scenario: { delays: resourceDelays },
  });
  const started = await startAll(simulation, names);
  for (const execution of started) await simulation.finish(execution);
  return {
    simulation,
    executions: started.map((arn) => simulation.stepFunctions.execution(arn)),
    wallSeconds: (performance.now() - began) / 1000,
    memoryMiB: process.memoryUsage().rss / 2 ** 20,
  };
}

async function startAll(simulation: Simulation, names: string[]): Promise<string[]> {
  const started: string[] = [];
  for (const recipe of names) {
    started.push(simulation.start({ recipe }));
    await simulation.pass(minute / names.length);
  }
  return started;
}

/** What a build does when nothing else runs. */
async function measureAlone(crowd: Crowd): Promise<Alone> {
  const { simulation, executions } = await measure(1, crowd);
  const [execution] = executions as [Execution];
  const { calls, delaysDrawn } = simulation.cloud;
  const start = execution.startDate.getTime();
  const published = secondsToPublished(execution);
  const copies = delaysDrawn.filter(({ kind }) => kind === 'copyImage');
  return {
    calls: calls
      .filter(({ error }) => error === undefined)
      .map((call) => ({ ...call, at: (call.at - start) / 1000 }))
      .filter(({ at }) => at <= published),
    copySeconds: new Map(copies.map(({ region, seconds }) => [region, seconds])),
    published,
    path: overlappedBound(delaysDrawn),
  };
}

function rowOf({ simulation, executions, ...cost }: Measured, alone: Alone): Row {
  const published = executions.filter(({ status }) => status === 'SUCCEEDED');
  const { calls } = simulation.cloud;
  const starts = executions.map(({ startDate }) => (startDate.getTime() - executions[0]!.startDate.getTime()) / 1000);
  const { seconds: bound, imposedBy } = crowdBound(alone, starts);
  return {
    ...cost,
    builds: executions.length,
    published: published.length,
    errors: [...new Set(executions.flatMap(({ error }) => error ?? []))],
    slowest: Math.max(...published.map(secondsToPublished)),
    total: Math.max(...executions.map((each, index) => (starts[index] ?? 0) + (secondsToPublished(each) || 0))),
    bound,
    imposedBy,
    calls: calls.length,
    throttled: calls.filter(({ error = '' }) => /RequestLimitExceeded|Throttl/.test(error)).length,
  };
}

const cells: Record<string, (row: Row) => string> = {
  builds: ({ builds }) => String(builds),
  published: ({ published, errors }) => [published, ...errors].join(' '),
  slowest: ({ slowest }) => `${slowest.toFixed(0)} s`,
  total: ({ total }) => `${total.toFixed(0)} s`,
  bound: ({ bound }) => `${bound.toFixed(0)} s`,
  'total / bound': ({ total, bound }) => (total / bound).toFixed(2),
  calls: ({ calls }) => String(calls),
  throttled: ({ throttled, calls }) => `${((100 * throttled) / calls).toFixed(1)} %`,
  'wall time': ({ wallSeconds }) => `${wallSeconds.toFixed(1)} s`,
  memory: ({ memoryMiB }) => `${memoryMiB.toFixed(0)} MiB`,
  'bound imposed by': ({ imposedBy }) => imposedBy ?? '-',
};

/** Prints a row for each number of builds, and writes their curve to the file `svg` if there is one. */
export async function printScale(sizes: number[], crowd: Crowd, svg: string | undefined): Promise<void> {
  const alone = await measureAlone(crowd);
  const rows: Row[] = [];
  for (const builds of sizes) rows.push(rowOf(await measure(builds, crowd), alone));
  printTable([Object.keys(cells), ...rows.map((row) => Object.values(cells).map((cell) => cell(row)))]);
  if (svg !== undefined) writeFileSync(svg, curveOf(rows, crowd));
}

function curveOf(rows: Row[], { regions, accounts }: Crowd): string {
  const line = (name: string, secondsOf: (row: Row) => number) => ({
    name,
    points: rows.map((row): [number, number] => [row.builds, secondsOf(row)]),
  });
  const told = rows.map(({ builds, total, bound }) => `${builds}: ${total.toFixed(0)} s, ${bound.toFixed(0)} s`);
  return curveSvg({
    title: `Builds that start in the same minute, ${regions} regions, ${accounts} accounts`,
    description: `Seconds from the first start until the last build is published, and the least that EC2's limits allow, by builds. ${told.join('; ')}.`,
    x: 'builds',
    y: 'seconds until all are published',
    lines: [line('measured', ({ total }) => total), line('bound of the limits', ({ bound }) => bound)],
  });
}
