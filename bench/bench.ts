import { parseArgs } from 'node:util';
import { allRegions, exampleCase, longCase, smallCase, type BenchCase } from './cases.ts';
import { createBench, type Figures } from './measured-build.ts';
import { failedBuilds } from './failed-builds.ts';
import { printTable } from './table.ts';

/**
 * Measures builds on the simulated AWS, in virtual time. `docs/performance.md` has the figures, and what they should be.
 * `npm run bench -- scale [regions] [accounts] [builds …] [--svg file]` measures many builds that start in the same minute.
 * `npm run bench -- cold-start [function …]` measures how long the bundles take to load.
 */

const situations: Record<string, Parameters<typeof createBench>[1]> = {
  'all events arrive': { regionStacks: allRegions.slice(1) },
  "the home region's arrive": {},
  'all events are lost': { scenario: { rates: { eventsLost: 1 } } },
};

/** The first build of a recipe, and the second, whose looks follow the durations that the first has recorded. */
async function measure(measured: BenchCase): Promise<Map<string, Figures>> {
  const columns = new Map<string, Figures>();
  for (const [situation, options] of Object.entries(situations)) {
    const bench = createBench(measured, options);
    for (const which of ['first', 'second']) {
      const { execution, figures } = await bench.build();
      if (execution.status !== 'SUCCEEDED') throw new Error(`${execution.error}: ${execution.cause}`);
      columns.set(`${situation}, ${which} build`, figures);
    }
  }
  return columns;
}

const total = (calls: Map<string, number>): number => [...calls.values()].reduce((sum, count) => sum + count, 0);

const rows: Record<string, (figures: Figures) => string> = {
  'published after': ({ published }) => `${published.toFixed(1)} s`,
  'overlapped bound': ({ bound }) => `${bound.toFixed(1)} s`,
  'published / bound': ({ published, bound }) => (published / bound).toFixed(3),
  'EC2 calls': ({ ec2Calls }) => String(total(ec2Calls)),
  'Lambda invocations': ({ tasks, wakes }) => String(tasks + wakes),
  '  by the state machine': ({ tasks }) => String(tasks),
  '  by events': ({ wakes }) => String(wakes),
  'state transitions': ({ transitions }) => String(transitions),
  'history events': ({ historyEvents }) => String(historyEvents),
  'S3 reads by looks': ({ s3ReadsOfLooks }) => String(s3ReadsOfLooks),
  orchestration: ({ cost }) => `$${cost.toFixed(4)}`,
};

async function print(measured: BenchCase): Promise<void> {
  const columns = await measure(measured);
  const figures = [...columns.values()];
  const states = [...new Set(figures.flatMap(({ ec2Calls }) => [...ec2Calls.keys()]))];
  console.log(`\n${measured.title}\n`);
  printTable([
    ['', ...columns.keys()],
    ...Object.entries(rows).map(([name, tell]) => [name, ...figures.map(tell)]),
    ['EC2 calls by state:'],
    ...states.map((state) => [`  ${state}`, ...figures.map(({ ec2Calls }) => String(ec2Calls.get(state) ?? 0))]),
  ]);
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { svg: { type: 'string' } } });
const [what, regions = '6', accounts = '10', ...builds] = positionals;
if (what === 'scale') {
  const { printScale } = await import('./scale.ts');
  const sizes = builds.length > 0 ? builds : ['1', '20', '50', '100', '200'];
  await printScale(sizes.map(Number), { regions: Number(regions), accounts: Number(accounts) }, values.svg);
} else if (what === 'cold-start') {
  const { printColdStarts } = await import('./cold-start.ts');
  printColdStarts(positionals.slice(1));
} else await printAll();

async function printAll(): Promise<void> {
  for (const measured of [smallCase(1), smallCase(6), longCase(17)]) await print(measured);
  for (const targets of [1, 5, 17]) await print(await exampleCase(targets));
  console.log('\nFailed builds of one step, one check, fixed delays, 6 regions\n');
  printTable(await failedBuilds(smallCase(6)));
}
