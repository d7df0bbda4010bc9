import type { Found } from './sweep.ts';

/** The results of a sweep: each thing found is in one of these lists. */
export interface Swept {
  removed: Found[];
  /** Filled instead of `removed` in a dry run, which removes nothing. */
  wouldRemove: Found[];
  /** AWS does not allow the removal yet. A later sweep finds the thing again. */
  left: Found[];
  refused: Found[];
  spared: Found[];
}

/** The record of a sweep, kept in the bucket. */
export interface SweepReport extends Swept {
  schema: 1;
  execution: string;
  startedAt: string;
  dryRun: boolean;
  cap: number;
  /** How many more things would have been removed without the cap. */
  overCap: number;
  regions: string[];
  /** Regions that no recipe uses and that could not be read, with AWS's answer. */
  notLooked: { region: string; reason: string }[];
}

/** The output of an execution: the report, with its lists cut to fit into a payload. */
export interface SweepOutcome extends Omit<SweepReport, 'schema' | 'execution' | 'startedAt'> {
  /** The full length of each list. */
  counts: Record<keyof Swept, number>;
  /** The key of the whole report. */
  report: string;
}

const fates = ['removed', 'wouldRemove', 'left', 'refused', 'spared'] as const;

export const nothingSwept = (): Swept => ({ removed: [], wouldRemove: [], left: [], refused: [], spared: [] });

// Five lists of sixty things fit into the 256 KiB that Step Functions allows.
const shown = 60;
const longest = 200;
const shortened = <T extends { reason: string }>(list: T[]): T[] =>
  list.slice(0, shown).map((one) => ({ ...one, reason: one.reason.slice(0, longest) }));

export function sweepOutcome(report: SweepReport, at: string): SweepOutcome {
  const { dryRun, cap, overCap, regions, notLooked } = report;
  const lists = Object.fromEntries(fates.map((fate) => [fate, shortened(report[fate])])) as unknown as Swept;
  const counts = Object.fromEntries(fates.map((fate) => [fate, report[fate].length])) as SweepOutcome['counts'];
  return { dryRun, cap, counts, ...lists, overCap, regions, notLooked: shortened(notLooked), report: at };
}

/** Why a sweep counts as failed: it found things to remove and removed none. */
export function sweepFailure({ removed, wouldRemove, left, refused }: Swept, at: string): string | undefined {
  const undone = [...refused, ...left];
  if (undone.length === 0 || removed.length + wouldRemove.length > 0) return undefined;
  const all = undone.map(({ kind, id, region, reason }) => `${kind} ${id} in ${region}: ${reason}`);
  const more = all.length > 10 ? `\nand ${all.length - 10} more` : '';
  return `not one of ${all.length} orphans could be removed; all of it: ${at}\n${all.slice(0, 10).join('\n')}${more}`;
}
