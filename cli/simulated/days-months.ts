import type { History } from '../../proof/month/history.ts';
import { columns } from '../screen/columns.ts';
import type { Terminal } from '../screen/terminal.ts';
import { cost } from './days-summary.ts';

/** More days than this are told by the month, not event by event. */
export const mostTold = 62;

/** What happened in one calendar month. */
interface MonthSummary {
  /** Such as `2027-01`. */
  month: string;
  sourceUpdates: number;
  builds: number;
  published: number;
  /** Builds that failed, and recipes without a usable source. */
  failed: number;
  /** Events that were lost or not taken. */
  unheard: number;
  deprecated: number;
  disabled: number;
  deregistered: number;
  /** Runs of retire-images that failed. */
  retirementsFailed: number;
  /** Estimated cost of its builds; `unpriced` counts builds without an estimate. */
  usd: number;
  unpriced: number;
  /** What the snapshots that were removed cost each month, at most. */
  savedPerMonth: number;
}

export function monthsOf({
  from,
  until,
  releases,
  builds,
  unheard,
  sourceless,
  aging: { runs },
}: History): MonthSummary[] {
  const months: MonthSummary[] = [];
  for (
    const next = new Date(`${from.slice(0, 7)}-01`);
    next.toISOString() < until;
    next.setUTCMonth(next.getUTCMonth() + 1)
  ) {
    const month = next.toISOString().slice(0, 7);
    const within = (at: string | null) => at?.startsWith(month) ?? false;
    const own = builds.filter(({ startedAt }) => within(startedAt));
    const wanting = new Set(sourceless.filter(({ at }) => within(at)).map(({ recipe }) => recipe));
    const ran = runs.filter(({ at }) => within(at));
    const sum = (numbers: number[]) => numbers.reduce((one, other) => one + other, 0);
    months.push({
      month,
      sourceUpdates: releases.filter(({ at, first }) => within(at) && !first).length,
      builds: own.length,
      published: own.filter(({ status }) => status === 'published').length,
      failed: own.filter(({ status }) => status === 'failed').length + wanting.size,
      unheard: unheard.filter(({ at }) => within(at)).length,
      deprecated: sum(ran.map(({ counts }) => counts.deprecate)),
      disabled: sum(ran.map(({ counts }) => counts.disable)),
      deregistered: sum(ran.map(({ counts }) => counts.deregister)),
      retirementsFailed: ran.filter(({ succeeded }) => !succeeded).length,
      usd: Math.round(sum(own.map(({ usd }) => usd ?? 0)) * 1e6) / 1e6,
      unpriced: own.filter(({ usd, status }) => usd === null && status !== 'up-to-date').length,
      savedPerMonth: Math.round(sum(ran.map(({ savedPerMonth }) => savedPerMonth)) * 100) / 100,
    });
  }
  return months;
}

const titles = [
  'Month',
  'Updates',
  'Builds',
  'Published',
  'Failed',
  'Lost',
  'Deprecated',
  'Disabled',
  'Deregistered',
  'Cost',
];

/** One row for each month. */
export function monthTable(months: MonthSummary[], terminal: Pick<Terminal, 'columns' | 'colour'>): string {
  const rows = months.map((one) => [
    { text: one.month },
    { text: `${one.sourceUpdates}` },
    { text: `${one.builds}` },
    { text: `${one.published}` },
    one.failed > 0 ? { text: `${one.failed}`, style: 'red' as const } : { text: '0' },
    { text: `${one.unheard}` },
    { text: `${one.deprecated}` },
    { text: `${one.disabled}` },
    { text: `${one.deregistered}` },
    { text: cost(one.usd, one.unpriced) },
  ]);
  return columns(titles, rows, terminal);
}
