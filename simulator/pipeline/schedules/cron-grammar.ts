import { ApiError } from '../../aws/calls/actions.ts';

// The fields of the table "Syntax" of https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html: values, whether
// steps are allowed, and the wildcards that stand alone. The notes below that table allow only one expression with #.
const months = 'JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC';
const weekdays = 'SUN|MON|TUE|WED|THU|FRI|SAT';
const table: [value: string, count: number, alone: string][] = [
  ['[0-5]?\\d', 59, ''],
  ['[01]?\\d|2[0-3]', 23, ''],
  ['0?[1-9]|[12]\\d|3[01]', 31, '\\?|L|LW|(?:[1-9]|[12]\\d|3[01])W'],
  [`0?[1-9]|1[0-2]|${months}`, 12, ''],
  [`[1-7]|${weekdays}`, 0, `\\?|L|(?:[1-7]|${weekdays})(?:L|#[1-5])`],
  ['19[7-9]\\d|2[01]\\d\\d', 230, ''],
];
const grammar = table.map(([value, , alone]) => {
  const part = `(?:\\*|(?:${value})(?:-(?:${value}))?)(?:/[1-9]\\d*)?`;
  return new RegExp(`^(?:${alone ? `${alone}|` : ''}${part}(?:,${part})*)$`);
});

/** JAN and SUN are 1. */
function numberOf(value: string): number {
  const named = [months, weekdays].map((names) => names.split('|').indexOf(value) + 1).find((number) => number > 0);
  return named ?? Number(value);
}

/**
 * Refuses a cron expression unless the documentation says that EventBridge Scheduler accepts it. Undocumented forms are refused,
 * too: ranges that end before they begin, and steps beyond the end of a field.
 */
export function refuseForeignCron(inside: string, expression: string): void {
  const fields = inside.split(/\s+/);
  const sound =
    fields.length === table.length &&
    fields.every((field, index) => isField(field, index)) &&
    [fields[2], fields[4]].filter((field) => field === '?').length === 1;
  if (!sound) throw new ApiError('ValidationException', `Invalid Schedule Expression ${expression}.`);
}

function isField(field: string, index: number): boolean {
  if (!grammar[index]!.test(field)) return false;
  const longest = table[index]![1];
  return field.split(',').every((part) => {
    const [range = '', step = '1'] = part.split('/');
    if (longest === 0 && part.includes('/')) return false;
    const [from = '', to = from] = range.split('-');
    return (Number(step) <= longest || !part.includes('/')) && (range === '*' || !(numberOf(from) > numberOf(to)));
  });
}
