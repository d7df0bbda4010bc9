import { readRecipeFolder } from '../cli/recipes/recipe-folder.ts';
import { phases } from '../core/build/phases.ts';
import type { Timing } from '../core/build/timings.ts';
import type { Manifest } from '../core/build/manifest.ts';
import type { Catalog } from '../core/recipe/types.ts';
import type { DrawnDelay } from '../simulator/aws/delays.ts';
import { createSimulation, type Simulation } from '../simulator/pipeline/simulation.ts';
import type { Execution } from '../simulator/states/step-functions.ts';

/** Measures builds with 1, 5 and 17 targets: the time until the image is published, the least possible time, and the calls. */

const regions =
  'us-east-1 eu-west-1 ap-southeast-2 us-west-2 eu-central-1 ap-northeast-1 ca-central-1 eu-west-2 eu-west-3 eu-north-1 ap-south-1 ap-southeast-1 ap-northeast-2 ap-northeast-3 sa-east-1 us-east-2 us-west-1'.split(
    ' ',
  );
const accounts = Array.from({ length: 10 }, (_, index) => String(300000000000 + index));

interface Run {
  simulation: Simulation;
  execution: Execution;
  milliseconds: number;
}

async function build(catalog: Catalog, targets: number): Promise<Run> {
  const distribute = regions
    .slice(0, targets)
    .map((region) => ({ region, accounts, kmsKey: `alias/golden-${region}` }));
  const document = { ...(catalog.recipes['al2023-base'] as object), distribute } as Record<string, unknown>;
  const builder = document['builder'] as { rootVolume: { kmsKey?: string } };
  document['builder'] = { ...builder, rootVolume: { ...builder.rootVolume, kmsKey: 'alias/golden-us-east-1' } };
  const began = performance.now();
  const simulation = createSimulation({ catalog: { ...catalog, recipes: { 'al2023-base': document } } });
  const execution = await simulation.finish(simulation.start({ recipe: 'al2023-base' }));
  if (execution.status !== 'SUCCEEDED') throw new Error(`${execution.error}: ${execution.cause}`);
  return { simulation, execution, milliseconds: performance.now() - began };
}

const waiting = /^(Await\w+|Seal|Publish|CleanUp)$/;

/** Where a delay is on the way to publication: in line, in one of the branches of CheckAndCopy, or beside others of its kind. */
type Lane = 'line' | 'checks' | 'copies' | 'grants' | 'channels';

const lanes: Record<string, Lane> = {
  ...Object.fromEntries(phases.check.map((state) => [state, 'checks' as const])),
  CopyImage: 'copies',
  copyImage: 'copies',
  GrantPermissions: 'grants',
  parameterValidation: 'channels',
};

/**
 * Seconds that the simulated AWS takes from start to publication, on the longest path over the state machine: the answers to
 * calls that change something, and the delays of resources. The checks run beside the copies, so only the longer of the two
 * counts. Of copies, permissions and parameter writes only the slowest counts. Two delays are left out: nothing waits for
 * terminated instances, and a command becomes visible while it starts.
 */
function criticalPath(drawn: readonly DrawnDelay[], timings: Timing[]): number {
  const aside = ['instanceTerminate', 'commandVisible'];
  const made = drawn.findIndex(({ kind }) => kind === 'createImage');
  const spans = [
    ...drawn
      .map(({ kind, seconds }, at) => ({ kind, seconds, lane: lanes[kind] ?? (at > made ? 'checks' : 'line') }))
      .filter(({ kind }) => !aside.includes(kind)),
    ...timings
      .filter(({ state }) => !waiting.test(state))
      .map(({ state, seconds }) => ({ kind: state, seconds, lane: lanes[state] ?? 'line' })),
  ];
  const of = (lane: Lane) => spans.filter((span) => span.lane === lane);
  const sum = (some: typeof spans) => some.reduce((total, { seconds }) => total + seconds, 0);
  const slowest = (some: typeof spans) => Math.max(0, ...some.map(({ seconds }) => seconds));
  const copies = ['CopyImage', 'copyImage'].map((kind) => slowest(of('copies').filter((span) => span.kind === kind)));
  const longer = Math.max(sum(of('checks')), (copies[0] ?? 0) + (copies[1] ?? 0));
  return sum(of('line')) + longer + slowest(of('grants')) + slowest(of('channels'));
}

function secondsToPublished({ history, startDate }: Execution): number {
  const published = history.find(
    ({ type, stateExitedEventDetails }) =>
      type === 'TaskStateExited' && (stateExitedEventDetails as { name?: string })?.name === 'Publish',
  );
  return ((published?.timestamp.getTime() ?? Number.NaN) - startDate.getTime()) / 1000;
}

const { catalog } = await readRecipeFolder(`${process.env['GOLDEN_ROOT'] ?? '.'}/examples`);
console.log('al2023-base, every target encrypted and shared with 10 accounts, by polling alone\n');
for (const targets of [1, 5, 17]) {
  await build(catalog, targets); // warm up, so that the first row does not pay for compiling
  const { simulation, execution, milliseconds } = await build(catalog, targets);
  const { build: name } = JSON.parse(execution.output ?? '{}') as { build: string };
  const manifest = simulation.read({ recipe: 'al2023-base', build: name }, 'manifest') as Manifest;
  const [took, needed] = [secondsToPublished(execution), criticalPath(simulation.cloud.delaysDrawn, manifest.timings)];
  const calls = new Map<string, number>();
  for (const { service, action } of simulation.cloud.calls)
    calls.set(`${service}:${action}`, (calls.get(`${service}:${action}`) ?? 0) + 1);
  console.log(`${targets} region${targets > 1 ? 's' : ''}`);
  console.log(`  simulated time to published  ${took.toFixed(1)} s`);
  console.log(
    `  AWS's own delays on the way  ${needed.toFixed(1)} s  (waiting costs ${((100 * (took - needed)) / needed).toFixed(1)} %)`,
  );
  console.log(`  wall time                    ${milliseconds.toFixed(0)} ms`);
  console.log(`  state transitions            ${simulation.stepFunctions.stateTransitions(execution.arn)}`);
  console.log(`  history events               ${execution.history.length} of 25000`);
  console.log(`  API calls                    ${simulation.cloud.calls.length}`);
  for (const [action, count] of [...calls].toSorted((a, b) => b[1] - a[1]))
    console.log(`    ${String(count).padStart(5)}  ${action}`);
  console.log();
}
