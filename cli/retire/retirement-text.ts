import type { RetireOutcome } from '../../core/retire/retire-report.ts';
import { columns, type Cell } from '../screen/columns.ts';
import { fold, painter, type Terminal } from '../screen/terminal.ts';

type Row = RetireOutcome['rows'][number];

/** The word for what becomes of an image, and its colour. */
function outcomeCell({ step, would, failed }: Row, planOnly: boolean): Cell {
  if (would) return { text: `would ${would}`, style: 'cyan' };
  if (step === null) return { text: 'stays', style: 'dim' };
  if (failed.length > 0) return { text: `${step} failed`, style: 'red' };
  return {
    text: planOnly ? `would ${step}` : `${step}d`.replace('deregisterd', 'deregistered'),
    style: planOnly ? 'cyan' : 'green',
  };
}

/** What a run did or would do with each image, and why the others stay. */
export function retirementText(outcome: RetireOutcome, sheet: Terminal): string {
  const { rows, planOnly, more, savedPerMonth, notLooked, report } = outcome;
  const paint = painter(sheet);
  const cells = rows.map((row): Cell[] => [
    { text: row.recipe },
    { text: row.build },
    outcomeCell(row, planOnly),
    { text: String(row.amis), style: 'dim' },
    { text: row.reason },
  ]);
  const lines = [
    ...rows.flatMap(({ failed, notes }) => [...failed, ...notes]),
    ...(more > 0 ? [`and ${more} more images, in the report`] : []),
    ...notLooked.map(({ region, reason }) => `Not looked at: ${region}: ${reason}`),
    ...(savedPerMonth > 0 ? [`Saved: at most $${savedPerMonth.toFixed(2)} each month.`] : []),
    report,
  ];
  const folded = lines.flatMap((line) => fold(line, sheet.columns - 2)).map((line) => `  ${line}\n`);
  const title = planOnly ? paint('cyan', '  planned: nothing was changed') : paint('green', '  done');
  const table =
    rows.length === 0
      ? '  No image to judge: no recipe that was asked for has the key retire, or it has no image yet.'
      : columns(['Recipe', 'Build (UTC)', 'Fate', 'AMIs', 'Why'], cells, sheet);
  return `\n${title}\n${table}\n\n${folded.join('')}\n`;
}
