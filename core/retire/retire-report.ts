import { onlyImage } from '../channel/revocation.ts';
import { snapshotMonth } from '../report/prices.ts';
import type { Retire } from '../recipe/types.ts';
import type { BuildIdentity } from '../tags.ts';
import type { AmiEnd } from './retirement.ts';
import { presentAmis, saysAmi, type RetireStep, type RetiringAmi } from './retiring.ts';

/** A build in the report, with what becomes of it and why. */
export interface RetireRow extends BuildIdentity {
  /** Null: it stays. */
  step: RetireStep | null;
  /** A first run with a new policy only says which step it would take. */
  would?: RetireStep;
  reason: string;
  amis: RetiringAmi[];
  snapshots: Retire['snapshots'];
  /** Absent for a plan, for a build that stays, and until the end. */
  ends?: AmiEnd[];
}

/** The record of an execution of retire-images. */
export interface RetireReport {
  schema: 1;
  execution: string;
  startedAt: string;
  verb: 'retire' | 'deregister';
  who: string;
  why?: string | undefined;
  planOnly: boolean;
  cap: number;
  rows: RetireRow[];
  regions: string[];
  /** Regions that could not be looked at. Builds with an image there stay. */
  notLooked: { region: string; reason: string }[];
  /** When every image was read back. Absent for a plan, and until then. */
  endedAt?: string;
}

/** `retire-policies.json`: the policies that a run has reported about, by recipe. A new or changed policy is reported before it acts. */
export interface SeenPolicies {
  schema: 1;
  policies: Record<string, Retire>;
}

/** A build as Step Functions and the terminal see it. */
interface RetireBrief extends BuildIdentity {
  step: RetireStep | null;
  would?: RetireStep;
  reason: string;
  /** How many AMIs it has. */
  amis: number;
  failed: string[];
  notes: string[];
}

/** The output of an execution. Its lists are cut to fit into a payload, and the report has all of it. */
export interface RetireOutcome {
  planOnly: boolean;
  counts: Record<RetireStep | 'would' | 'kept' | 'failed', number>;
  rows: RetireBrief[];
  more: number;
  /** What the removed snapshots cost each month, at most. US dollars. */
  savedPerMonth: number;
  regions: string[];
  notLooked: RetireReport['notLooked'];
  report: string;
}

// Step Functions passes on at most 256 KiB.
const mostRows = 150;
const longest = 300;
const mostOfList = 4;
const brief = (list: string[]): string[] => [
  ...list.slice(0, mostOfList).map((one) => one.slice(0, longest)),
  ...(list.length > mostOfList ? [`and ${list.length - mostOfList} more, in the report`] : []),
];

/** A row with how its step ended. @param failure What is told of every AMI where RetireBuild wrote nothing down. */
export const withEnds = (row: RetireRow, ends: AmiEnd[] | undefined, failure: string): RetireRow => ({
  ...row,
  ends: ends ?? presentAmis(row).map((one) => ({ ...onlyImage(one), notes: [], error: failure })),
});

/** What failed for each AMI of a build, in words. */
export const failuresOf = ({ ends = [] }: RetireRow): string[] =>
  ends.flatMap((end) => (end.error === undefined ? [] : [`${saysAmi(end)}: ${end.error}`]));

/** The snapshots that are gone, in US dollars each month. An upper bound, since a snapshot holds only the blocks that are used. */
export function savedPerMonth({ rows }: Pick<RetireReport, 'rows'>): number {
  const gib = rows.flatMap(({ ends = [] }) => ends).reduce((sum, { freedGiB = 0 }) => sum + freedGiB, 0);
  return Math.round(gib * snapshotMonth * 100) / 100;
}

function countsOf(rows: RetireRow[]): RetireOutcome['counts'] {
  const counts = { deprecate: 0, disable: 0, deregister: 0, would: 0, kept: 0, failed: 0 };
  for (const row of rows) {
    if (row.would) counts.would += 1;
    else if (row.step === null) counts.kept += 1;
    else counts[failuresOf(row).length > 0 ? 'failed' : row.step] += 1;
  }
  return counts;
}

/** The report in a few words for each build: first those that take a step, then those that stay. */
export function retireOutcome(report: RetireReport, at: string): RetireOutcome {
  const { rows, planOnly, regions, notLooked } = report;
  const order = (row: RetireRow) => (row.step === null && !row.would ? 1 : 0);
  const shown = rows
    .toSorted((one, other) => order(one) - order(other) || one.build.localeCompare(other.build))
    .slice(0, mostRows);
  return {
    planOnly,
    counts: countsOf(rows),
    rows: shown.map((row) => ({
      recipe: row.recipe,
      build: row.build,
      step: row.step,
      ...(row.would && { would: row.would }),
      reason: row.reason.slice(0, longest),
      amis: row.amis.length,
      failed: brief(failuresOf(row)),
      notes: brief((row.ends ?? []).flatMap(({ notes }) => notes)),
    })),
    more: rows.length - shown.length,
    savedPerMonth: savedPerMonth(report),
    regions,
    notLooked: notLooked.map((one) => ({ ...one, reason: one.reason.slice(0, longest) })),
    report: at,
  };
}
