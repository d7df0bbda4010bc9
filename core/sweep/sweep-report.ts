import type { Found } from './sweep.ts';

/** What became of the things a sweep found, each in the list of its fate. */
export interface Swept {
  removed: Found[];
  /** In a dry run, in place of `removed`: nothing was touched. */
  wouldRemove: Found[];
  /** AWS does not let go of them yet; a later sweep finds them again. */
  left: Found[];
  refused: Found[];
  spared: Found[];
}

/** The record of a sweep: `reports/sweep/<date>-<execution>.json` in the bucket. */
export interface SweepReport extends Swept {
  schema: 1;
  execution: string;
  startedAt: string;
  dryRun: boolean;
  cap: number;
  /** How many more there were to remove than the cap allows in one run. */
  overCap: number;
  regions: string[];
  /** Regions that no recipe uses and that could not be looked at, with AWS's answer. */
  notLooked: { region: string; reason: string }[];
}

/** The output of an execution: the report with its lists cut to what a payload holds. */
export interface SweepOutcome extends Omit<SweepReport, 'schema' | 'execution' | 'startedAt'> {
  /** How long each list is in the report. */
  counts: Record<keyof Swept, number>;
  /** Where the whole report is. */
  report: string;
}

const fates = ['removed', 'wouldRemove', 'left', 'refused', 'spared'] as const;

export const nothingSwept = (): Swept => ({ removed: [], wouldRemove: [], left: [], refused: [], spared: [] });

export function reportKey({ execution, startedAt }: Pick<SweepReport, 'execution' | 'startedAt'>): string {
  return `reports/sweep/${startedAt.slice(0, 10)}-${execution.split(':').at(-1)}.json`;
}

// Five lists of sixty things stay below the 256 KiB that Step Functions takes.
const shown = 60;
const longest = 200;
const shortened = <T extends { reason: string }>(list: T[]): T[] =>
  list.slice(0, shown).map((one) => ({ ...one, reason: one.reason.slice(0, longest) }));

export function outcomeOf(report: SweepReport, at: string): SweepOutcome {
  const { dryRun, cap, overCap, regions, notLooked } = report;
  const lists = Object.fromEntries(fates.map((fate) => [fate, shortened(report[fate])])) as unknown as Swept;
  const counts = Object.fromEntries(fates.map((fate) => [fate, report[fate].length])) as SweepOutcome['counts'];
  return { dryRun, cap, counts, ...lists, overCap, regions, notLooked: shortened(notLooked), report: at };
}

/** Why a sweep counts as failed: it had work and did none of it. */
export function failureOf({ removed, wouldRemove, left, refused }: Swept, at: string): string | undefined {
  const undone = [...refused, ...left];
  if (undone.length === 0 || removed.length + wouldRemove.length > 0) return undefined;
  const all = undone.map(({ kind, id, region, reason }) => `${kind} ${id} in ${region}: ${reason}`);
  const more = all.length > 10 ? `\nand ${all.length - 10} more` : '';
  return `not one of ${all.length} orphans could be removed; all of it: ${at}\n${all.slice(0, 10).join('\n')}${more}`;
}
