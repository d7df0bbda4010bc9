import { soundRecipes } from '../../core/recipe/catalog.ts';
import { regionsIn } from '../../core/sweep/regions-in-use.ts';
import { lookAt, watchRuns, type Aging } from './aging.ts';
import { historyOf, type History, type Release } from './history.ts';
import { runServers } from './servers.ts';
import { parseScenario } from '../../simulator/pipeline/scenario.ts';
import { createSimulation, type Simulation } from '../../simulator/pipeline/simulation.ts';
import type { SimulationOptions } from '../../simulator/pipeline/simulation-options.ts';
import { sourceCalendar, type CalendarEntry } from '../../simulator/aws/source-calendar.ts';
import { publicSourcesOf } from '../../simulator/aws/source-images.ts';

export interface DaysOptions extends Omit<SimulationOptions, 'triggers'> {
  days: number;
  /** When newer source images are published. Default: in the vendors' rhythm. */
  calendar?: CalendarEntry[];
  /** Called after each day, counted from 1. */
  onDay?: (day: number) => void;
}

interface DaysRun {
  history: History;
  simulation: Simulation;
  /** Attempts of all calls of the API. */
  calls: number;
}

const daySeconds = 86_400;

/**
 * Deploys a pipeline and lets it run by itself for a number of days, with schedules, polls, events and newer source images.
 * Returns the history and the simulation.
 */
export async function runDays(options: DaysOptions): Promise<DaysRun> {
  const { days, onDay, onLog, catalog, region = 'us-east-1' } = options;
  const sweeps: History['sweeps'] = [];
  const simulation = createSimulation({
    ...options,
    triggers: true,
    onLog(line) {
      const { state, at, OrphansFound: orphans, removed } = line;
      if (state === 'Sweep' && typeof orphans === 'number')
        sweeps.push({ at: String(at), orphans, removed: Number(removed) });
      onLog?.(line);
    },
  });
  const { clock, cloud } = simulation;
  const from = clock.now();
  const sources = [
    ...new Map(
      soundRecipes(catalog, undefined)
        .flatMap(({ source }) => publicSourcesOf(source))
        .map((source) => [source.parameter, source]),
    ).values(),
  ];
  const releases: Release[] = sources.flatMap(({ parameter }) => {
    const ami = cloud.world.region(region).parameters.get(`aws ${parameter}`)?.versions.at(-1)?.value;
    return ami === undefined ? [] : [{ at: isoOf(from), parameter, ami, first: true }];
  });
  const seed = options.seed ?? parseScenario(options.scenario).seed ?? 1;
  for (const { at, parameter } of options.calendar ?? sourceCalendar(sources, { from, days, seed }))
    clock.at(at, () => {
      releases.push({ at: isoOf(clock.now()), parameter, ami: simulation.sourceUpdated(parameter), first: false });
    });
  const regions = [...new Set([region, ...regionsIn(catalog, region)])];
  const retires = soundRecipes(catalog, undefined).some(({ retire }) => retire);
  const aging: Aging = { looks: [], servers: retires ? runServers(simulation, regions) : [], runs: [] };
  watchRuns(simulation, aging.runs);
  let calls = 0;
  for (let day = 1; day <= days; day++) {
    await simulation.pass(daySeconds);
    // A year makes a million calls. Nobody asks for them afterwards, and each would live on in memory.
    calls += cloud.calls.splice(0).length;
    aging.looks.push(lookAt(simulation, regions, aging.looks.at(-1)));
    onDay?.(day);
  }
  return { history: historyOf(simulation, catalog, { from: isoOf(from), releases, sweeps, aging }), simulation, calls };
}

const isoOf = (at: number) => new Date(at).toISOString();
