import type { DoctorCheck } from '../../core/doctor/checks.ts';
import { fold, painter, type Terminal } from '../screen/terminal.ts';

const marks = { right: ['green', '✓'], note: ['yellow', '!'], wrong: ['red', '✗'], unknown: ['dim', '?'] } as const;
const margin = ' '.repeat(18);

/** A check as lines: its name, what was found, and what to do. */
export function checkText(
  { name, status, says, todo }: DoctorCheck,
  sheet: Pick<Terminal, 'columns' | 'colour'>,
): string {
  const paint = painter(sheet);
  const [style, mark] = marks[status];
  const [first = '', ...rest] = says.split('\n').flatMap((line) => fold(line, sheet.columns - margin.length - 1));
  const advice = todo === undefined ? [] : fold(`→ ${todo}`, sheet.columns - margin.length - 1);
  return [
    `  ${paint(style, mark)} ${name.padEnd(13)} ${first}`,
    ...rest.map((line) => margin + line),
    ...advice.map((line) => margin + paint('bold', line)),
    '',
  ].join('\n');
}
