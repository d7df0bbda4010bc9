import { accountCopiesOf, accountPlaceName } from '../../accounts/account-copies.ts';
import { spanOf } from '../../build/phases.ts';
import type { Plan } from '../../build/plan.ts';
import type { Timing } from '../../build/timings.ts';
import { placeName } from '../../distribute/place.ts';

/** What a visit of a state is spent on: the commands of the recipe, waiting for AWS, or the pipeline's own work. */
export type Spent = 'commands' | 'waiting' | 'working';

/** One visit of a state. Times are in seconds since the build began. */
export interface StateVisit {
  state: string;
  spent: Spent;
  from: number;
  to: number;
  failed?: true;
}

/** The visits that belong together: a step, a region, the making of the image. */
export interface Lane {
  name: string;
  group: string;
  visits: StateVisit[];
}

export interface Timeline {
  startedAt: string;
  seconds: number;
  lanes: Lane[];
  /** The seconds of the build by what they were spent on. Copies that wait beside a check count as the check. */
  spent: Record<Spent, number>;
}

const lanes: [group: string, name: string, states: string[]][] = [
  ['Builder', 'Plan', ['Resolve', 'RecordUpToDate']],
  ['Builder', 'Variants', ['AwaitVariants']],
  ['Builder', 'Start the builder', ['Launch', 'AwaitBuilder']],
  ['Builder', '', ['SendCommand', 'AwaitCommand']],
  ['Image', 'Import the disk', ['ImportSnapshot', 'AwaitImport']],
  ['Image', 'Stop the builder', ['Seal']],
  [
    'Image',
    'Make the image',
    ['CreateImage', 'CreateSnapshots', 'CopySnapshot', 'AwaitSnapshots', 'RegisterImage', 'AwaitImage'],
  ],
  ['Checks', 'Start the candidate', ['LaunchCandidate', 'AwaitCandidate', 'KeepUnjudged']],
  ['Checks', '', ['SendCheck', 'AwaitCheck']],
  ['Checks', 'End builder and candidate', ['TerminateInstances']],
  ['Regions', '', ['CopyImage', 'AwaitCopy', 'GrantPermissions']],
  ['Other accounts', '', ['CopyIntoAccount', 'AwaitAccountCopy', 'FinishAccountCopy']],
  ['End', 'Verify', ['Verify']],
  ['End', 'Other variants', ['AwaitOthers']],
  ['End', 'Publish', ['Publish']],
  ['End', 'Clean up', ['CleanUp']],
  ['End', 'Undo', ['Compensate', 'RecordFailure']],
];

const spentIn = (state: string): Spent =>
  /^Await(Command|Check)$/.test(state)
    ? 'commands'
    : /^(Await\w+|Seal|CleanUp|Compensate)$/.test(state)
      ? 'waiting'
      : 'working';

/** The names of the iterations of a Map, by the group of its lane. */
const itemNames = (plan: Plan | undefined): Record<string, string[]> => ({
  Builder: plan?.provision.map(({ name }) => name) ?? [],
  Checks: plan?.checks.map(({ name }) => name) ?? [],
  Regions: plan?.document.distribute.map(placeName) ?? [],
  'Other accounts': plan ? accountCopiesOf(plan.document).map(accountPlaceName) : [],
});

/** @param failed Whether a visit failed. It gets the name of its lane. */
export function timelineOfBuild(
  timings: Timing[],
  plan: Plan | undefined,
  failed: (timing: Timing, lane: string) => boolean,
): Timeline | undefined {
  if (timings.length === 0) return undefined;
  const names = itemNames(plan);
  const spans = timings.map(spanOf);
  const began = Math.min(...spans.map(({ from }) => from));
  const seconds = (at: number) => (at - began) / 1000;
  const byName = new Map<string, Lane & { order: number }>();
  for (const timing of timings) {
    const { state, index } = timing;
    const at = lanes.findIndex(([, , states]) => states.includes(state));
    const [group = 'End', own = state] = lanes[at] ?? [];
    const name = own || (names[group]?.[index ?? -1] ?? `${group} ${(index ?? 0) + 1}`);
    const order = (at < 0 ? lanes.length : at) * 10_000 + (own ? 0 : (index ?? 0));
    const lane = byName.get(`${order}`) ?? { name, group, order, visits: [] };
    byName.set(`${order}`, lane);
    const { from, to } = spanOf(timing);
    const visit = { state, spent: spentIn(state), from: seconds(from), to: seconds(to) };
    lane.visits.push({ ...visit, ...(failed(timing, name) && { failed: true as const }) });
  }
  const all = [...byName.values()].toSorted((one, other) => one.order - other.order);
  const whole = Math.max(...spans.map(({ to }) => seconds(to)));
  return {
    startedAt: new Date(began).toISOString(),
    seconds: whole,
    lanes: all.map(({ name, group, visits }) => ({ name, group, visits })),
    spent: spentOf(
      all.flatMap(({ visits }) => visits),
      whole,
    ),
  };
}

/** Seconds that at least one of the visits covers. */
export function coveredSeconds(visits: StateVisit[]): number {
  let [total, until] = [0, 0];
  for (const { from, to } of visits.toSorted((one, other) => one.from - other.from)) {
    total += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return total;
}

/** A second counts once: for commands if one ran, else for waiting if something was awaited, else for the pipeline. */
function spentOf(visits: StateVisit[], whole: number): Record<Spent, number> {
  const covered = (kinds: Spent[]) => coveredSeconds(visits.filter(({ spent }) => kinds.includes(spent)));
  const commands = covered(['commands']);
  const both = covered(['commands', 'waiting']);
  return { commands, waiting: both - commands, working: whole - both };
}
