import type { SweepOutcome, Swept } from '../../core/sweep/sweep-report.ts';
import { fold, painter, type Paint, type Terminal } from './terminal.ts';

type Row = Swept['removed'][number];
const cellsOf = ({ region, kind, id, reason }: Row) => [region, kind, id, reason];

/** Lists things by build, one line each: region, thing, name, reason. */
function table(rows: Row[], paint: Paint): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (cellsOf(row)[column] ?? '').length)));
  const lineOf = (row: Row) =>
    `      ${cellsOf(row)
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')}`;
  const builds = new Map<string, Row[]>();
  for (const row of rows.toSorted((one, other) => one.region.localeCompare(other.region))) {
    const build = `${row.recipe} ${row.build}`;
    builds.set(build, [...(builds.get(build) ?? []), row]);
  }
  return [...builds].flatMap(([build, things]) => [`    ${paint('bold', build)}`, ...things.map(lineOf)]);
}

const many = (count: number) => (count === 1 ? '1 thing' : `${count} things`);

const fates: [keyof Swept, Parameters<Paint>[0], (count: string) => string][] = [
  ['removed', 'green', (count) => `${count} removed`],
  ['wouldRemove', 'cyan', (count) => `${count} would be removed; this was a dry run, nothing was touched`],
  ['left', 'yellow', (count) => `${count} not gone yet; the next sweep finds them again`],
  ['refused', 'red', (count) => `${count} AWS refuses to remove`],
  ['spared', 'dim', (count) => `${count} spared`],
];

/** What the sweep did with the things it found, by build and region, and why. */
export function sweepTable(outcome: SweepOutcome, terminal: Pick<Terminal, 'columns' | 'colour'>): string {
  const { counts, overCap, cap, regions, notLooked, report } = outcome;
  const paint = painter(terminal);
  const sections = fates.flatMap(([fate, style, title]) => {
    const rows = outcome[fate];
    if (rows.length === 0) return [];
    const hidden = counts[fate] - rows.length;
    const more = hidden > 0 ? [`    and ${hidden} more, all of them in the report`] : [];
    return [`  ${paint(style, title(many(counts[fate])))}`, ...table(rows, paint), ...more, ''];
  });
  const found = counts.removed + counts.wouldRemove + counts.left + counts.refused;
  const notes = [
    ...(found === 0 ? ['Nothing was left behind.'] : []),
    ...(overCap > 0 ? [`${many(overCap)} more than the ${cap} of one run; they go in the next ones.`] : []),
    ...notLooked.map(({ region, reason }) => `Not looked at: ${region}, which no recipe uses: ${reason}`),
    `${regions.length} regions looked at; ${report}`,
  ];
  const text = notes.flatMap((note) => fold(note, terminal.columns - 2)).map((line) => `  ${line}`);
  return `${[...sections, ...text].join('\n')}\n`;
}
