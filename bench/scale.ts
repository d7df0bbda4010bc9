import { createSimulation, type Simulation } from '../simulator/pipeline/simulation.ts';
import { resourceDelays, smallRecipe } from './cases.ts';
import { secondsToPublished } from './measured-build.ts';
import { printTable } from './table.ts';

/**
 * Builds that start within the same minute, in one account with EC2's request limits and quotas: the number that
 * is published, and the time and calls that the crowd costs.
 */

/** What each build distributes to. */
interface Crowd {
  regions: number;
  accounts: number;
}

const minute = 60;

async function measure(builds: number, { regions, accounts }: Crowd): Promise<string[]> {
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
  const seconds = (performance.now() - began) / 1000;
  return figuresOf(simulation, started, seconds);
}

async function startAll(simulation: Simulation, names: string[]): Promise<string[]> {
  const started: string[] = [];
  for (const recipe of names) {
    started.push(simulation.start({ recipe }));
    await simulation.pass(minute / names.length);
  }
  return started;
}

function figuresOf({ stepFunctions, cloud }: Simulation, started: string[], wallSeconds: number): string[] {
  const executions = started.map((arn) => stepFunctions.execution(arn));
  const published = executions.filter(({ status }) => status === 'SUCCEEDED');
  const errors = new Set(executions.flatMap(({ error }) => error ?? []));
  const throttled = cloud.calls.filter(({ error = '' }) => /RequestLimitExceeded|Throttl/.test(error)).length;
  return [
    String(started.length),
    `${published.length}${errors.size > 0 ? ` (${[...errors].join(' ')})` : ''}`,
    `${Math.max(...published.map(secondsToPublished)).toFixed(0)} s`,
    String(cloud.calls.length),
    `${((100 * throttled) / cloud.calls.length).toFixed(1)} %`,
    `${wallSeconds.toFixed(1)} s`,
    `${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
  ];
}

/** Prints a row for each number of builds. */
export async function printScale(sizes: number[], crowd: Crowd): Promise<void> {
  const rows = [['builds', 'published', 'slowest', 'calls', 'throttled', 'wall time', 'memory']];
  for (const builds of sizes) rows.push(await measure(builds, crowd));
  printTable(rows);
}
