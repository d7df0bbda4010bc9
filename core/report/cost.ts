import type { CostEstimate } from './cost-estimate.ts';
import { secondsOf } from '../duration.ts';
import type { Manifest } from '../build/manifest.ts';
import { phaseSeconds, spanOf } from '../build/phases.ts';
import { runsUntilCapture } from '../launch/capture.ts';
import { everyDisk, imageSize, withoutDisks } from '../launch/disks.ts';
import type { Plan } from '../build/plan.ts';
import {
  hoursOfMonth,
  instanceHour,
  lambdaGiB,
  lambdaGiBSecond,
  lambdaRequest,
  logBytesOfCall,
  logGB,
  metricMonth,
  snapshotMonth,
  stateTransition,
  timeBasedGiB,
  transferredGiB,
  volumeMonth,
} from './prices.ts';
import type { StateEvent, Timing } from '../build/timings.ts';
import { copiesBegun } from './wasted.ts';

/** Adds the build's cost so far to a manifest. A build without a plan keeps its manifest as it is. */
export function priced(manifest: Manifest, plan: Plan | undefined, events: StateEvent[], until: Date): Manifest {
  if (!plan) return manifest;
  const { timings, targets, copiedTo = [] } = manifest;
  const seconds = aliveSeconds(timings, plan, until);
  const { gib, unsized } = imageSize(plan);
  const diskMonth = everyDisk(plan).reduce(
    (sum, { sizeGiB = 0, type = 'gp3' }) => sum + sizeGiB * (volumeMonth[type] ?? 0),
    0,
  );
  const published = targets.filter(({ ami }) => ami !== null);
  const elsewhere = copiedTo.filter(({ ami }) => ami !== null);
  const arrived = published.filter(({ region }) => region !== plan.region).length;
  const copies = Math.max(arrived, copiesBegun(timings, plan));

  const hour = hourOf(plan);
  const running = seconds.builder.running + seconds.candidate.running;
  const existing = seconds.builder.existing + seconds.candidate.existing;
  const parts = {
    instances: running === 0 ? 0 : hour.usd === null ? null : rounded((running / 3600) * hour.usd),
    volumes: rounded((existing / 3600 / hoursOfMonth) * diskMonth),
    transfer: rounded(copies * gib * transferredGiB + gib * usdOfRaces(timings, plan)),
    ...orchestration(events),
    metrics: rounded((measured(manifest) * metricMonth) / hoursOfMonth),
  };
  const known = Object.values(parts).filter((part) => part !== null);
  const cost: CostEstimate = {
    usd: known.length < Object.keys(parts).length ? null : rounded(known.reduce((sum, part) => sum + part, 0)),
    parts,
    snapshotsPerMonth: rounded((published.length + elsewhere.length) * gib * snapshotMonth),
    ...(elsewhere.length > 0 && { inOtherAccounts: rounded(elsewhere.length * gib * snapshotMonth) }),
    unpriced: parts.instances === null ? hour.unpriced : [],
    ...(unsized && { unsized }),
  };
  return { ...manifest, cost };
}

/** What the second copies beside slow ones cost, for each GiB: CopyImage is entered again for each of them. */
function usdOfRaces(timings: Timing[], { region: home, document }: Plan): number {
  return document.distribute.reduce((sum, { region, completeWithin }, at) => {
    const visits = timings.filter(({ state, index }) => state === 'CopyImage' && index === at).length;
    if (completeWithin === undefined || visits < 2) return sum;
    return sum + timeBasedGiB(secondsOf(completeWithin) / 60) + (region === home ? 0 : transferredGiB);
  }, 0);
}

/** Rounds to a millionth of a dollar. */
const rounded = (usd: number): number => Math.round(usd * 1e6) / 1e6;

/** The dearest of the recipe's types, since the type that had room is not recorded. */
function hourOf({ document, source }: Plan): { usd: number | null; unpriced: string[] } {
  const prices = document.builder.instanceTypes.map((type) => ({
    type,
    usd: instanceHour[type]?.[source.windows ? 'windows' : 'linux'],
  }));
  const unpriced = prices.filter(({ usd }) => usd === undefined).map(({ type }) => type);
  return { usd: unpriced.length > 0 ? null : Math.max(...prices.map(({ usd = 0 }) => usd)), unpriced };
}

/**
 * Seconds that each instance ran and that its disks existed. The builder runs until it is sealed, if it is stopped then. Both
 * exist until they are terminated. If that has not happened, the time counts until now. EC2 bills a minute at least.
 */
function aliveSeconds(timings: Timing[], { document }: Plan, until: Date) {
  const first = (name: string) => timings.find(({ state }) => state === name);
  const last = (name: string) => timings.findLast(({ state }) => state === name);
  const from = (name: string) => {
    const launch = first(name);
    return launch && spanOf(launch).to;
  };
  const lasting = (start: number | undefined, end: Timing | undefined) =>
    start === undefined ? 0 : Math.max(60, ((end ? spanOf(end).to : until.getTime()) - start) / 1000);
  const [builder, candidate] = [from('Launch'), from('LaunchCandidate')];
  const sealed = runsUntilCapture(document) ? undefined : last('Seal');
  const terminated = last('TerminateInstances');
  return {
    builder: { running: lasting(builder, sealed ?? terminated), existing: lasting(builder, terminated) },
    candidate: { running: lasting(candidate, terminated), existing: lasting(candidate, terminated) },
  };
}

/**
 * The number of a build's metrics; each has its own dimensions. A published build reports its publication, duration, cost and the
 * time of each phase. Its clean-up phase is only ending now. A failed build reports its failure, the error and its cost.
 */
const measured = ({ status, timings }: Manifest): number =>
  status === 'published' ? 4 + Object.keys(phaseSeconds(timings)).length : 3;

/**
 * Cost of the state machine and the functions. A retry counts as a transition, too. A function runs from TaskStarted to the next
 * event.
 */
function orchestration(events: StateEvent[]): { transitions: number; functions: number; logs: number } {
  const count = (type: RegExp) => events.filter((event) => type.test(event.type)).length;
  const tries = count(/^TaskScheduled$/);
  const retries = Math.max(0, tries - count(/^TaskStateEntered$/));
  const after = new Map(events.map((event) => [event.previousEventId, event]));
  const seconds = events
    .filter(({ type }) => type === 'TaskStarted')
    .map(({ id, timestamp }) => ((after.get(id)?.timestamp ?? timestamp).getTime() - timestamp.getTime()) / 1000)
    .reduce((sum, one) => sum + one, 0);
  return {
    transitions: rounded((count(/StateEntered$/) + retries) * stateTransition),
    functions: rounded(seconds * lambdaGiB * lambdaGiBSecond + tries * lambdaRequest),
    logs: rounded((tries * logBytesOfCall * logGB) / 1e9),
  };
}

/** The estimate as one line of text. */
export function costLine({ usd, unpriced, unsized, snapshotsPerMonth, inOtherAccounts }: CostEstimate): string {
  const sum = unsized ? 'at least' : 'at most';
  const build =
    usd === null ? `an unknown sum (no price of ${unpriced.join(', ')} here)` : `${sum} about $${usd.toFixed(2)}`;
  if (unsized) return `${build} ${withoutDisks(unsized)}`;
  const others = inOtherAccounts === undefined ? '' : `, $${inOtherAccounts.toFixed(2)} of it in other accounts`;
  const kept = `$${snapshotsPerMonth.toFixed(2)} for every month it is kept${others}`;
  return snapshotsPerMonth > 0 ? `${build}, and ${kept}` : build;
}
