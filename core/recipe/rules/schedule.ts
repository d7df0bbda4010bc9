// The grammar of EventBridge Scheduler: six fields. One of the two day fields must be "?". Values and wildcards of each
// field are those of docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html. Anything that page does not mention is
// refused: lower-case names, ranges across midnight or the end of a week, steps for a day of the week or beyond the end of a
// field.
const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const weekdays = 'SUN MON TUE WED THU FRI SAT'.split(' ');
interface Field {
  name: string;
  least: number;
  most: number;
  words?: string[];
  /** Whether the field takes steps (`/`). */
  steps: boolean;
  /** Form of a single value of the field. */
  alone?: RegExp;
  /** The same form in words. */
  aloneWords?: string;
}
const fields: Field[] = [
  { name: 'minutes', least: 0, most: 59, steps: true },
  { name: 'hours', least: 0, most: 23, steps: true },
  {
    name: 'day-of-month',
    least: 1,
    most: 31,
    steps: true,
    alone: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/,
    aloneWords: '?, L, LW or 15W',
  },
  { name: 'month', least: 1, most: 12, words: months, steps: true },
  {
    name: 'day-of-week',
    least: 1,
    most: 7,
    words: weekdays,
    steps: false,
    alone: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/,
    aloneWords: '?, L, 6L or 3#2',
  },
  { name: 'year', least: 1970, most: 2199, steps: true },
];

/** What is wrong with a schedule. Undefined if nothing is. */
export function scheduleProblem(schedule: string): string | undefined {
  // ScheduleExpression of CreateSchedule in the API reference of EventBridge Scheduler.
  if (schedule.length > 256) return `has ${schedule.length} characters, EventBridge Scheduler takes 256 at most`;
  const [, kind, inside = ''] = /^(cron|rate|at)\((.*)\)$/.exec(schedule) ?? [];
  if (kind === 'cron') return cronProblem(inside.trim().split(/\s+/));
  if (kind === 'rate') return rateProblem(inside);
  if (kind === 'at') return 'at(...) runs once only; use cron(...) or rate(...)';
  return `must be cron(0 3 ? * SUN *) or rate(7 days), got ${JSON.stringify(schedule)}`;
}

// The page has both rate(1 day) and rate(1 days).
function rateProblem(inside: string): string | undefined {
  const [, count, unit, plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(inside) ?? [];
  if (!count) return `rate(${inside}) must be a whole number and minutes, hours or days, such as rate(7 days)`;
  return count === '1' || plural ? undefined : `must be rate(${count} ${unit}s)`;
}

function cronProblem(given: string[]): string | undefined {
  if (given.length !== fields.length) {
    return `cron(...) has six fields (${fields.map(({ name }) => name).join(' ')}), got ${given.length}`;
  }
  for (const [index, field] of fields.entries()) {
    const problem = fieldProblem(given[index] ?? '', field);
    if (problem !== undefined) return `${field.name} "${given[index]}" ${problem}`;
  }
  const open = [given[2], given[4]].filter((day) => day === '?').length;
  return open === 1 ? undefined : 'exactly one of day-of-month and day-of-week must be ?';
}

function fieldProblem(text: string, field: Field): string | undefined {
  if (field.alone?.test(text)) return undefined;
  for (const part of text.split(',')) {
    const problem = partProblem(part, field);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** One entry of the list in a field: `*`, a value or a range, perhaps with a step. */
function partProblem(part: string, field: Field): string | undefined {
  const { least, most, words = [], steps, aloneWords } = field;
  const valueOf = (text: string) => {
    const word = words.indexOf(text);
    if (word >= 0) return word + 1;
    return /^\d+$/.test(text) && text.length <= String(most).length ? Number(text) : Number.NaN;
  };
  const [range = '', step, ...rest] = part.split('/');
  const ends = range === '*' ? [least] : range.split('-').map(valueOf);
  const [from = Number.NaN, to = from] = ends;
  const named = words.length > 0 ? ` or ${words[0]} to ${words.at(-1)}` : '';
  const alone = aloneWords === undefined ? '' : `, or be ${aloneWords}`;
  if (ends.length > 2 || rest.length > 0 || !ends.every((end) => end >= least && end <= most))
    return `must be made of ${least} to ${most}${named}, * , ${steps ? '- and /' : 'and -'}${alone}`;
  if (from > to) return `has the range ${range}, which ends before it begins; write a list of two ranges instead`;
  if (step === undefined) return undefined;
  if (!steps) return 'has a step (/), which EventBridge Scheduler has for the other fields only; write a list instead';
  if (!/^[1-9]\d*$/.test(step) || Number(step) > most - least + (least > 0 ? 1 : 0))
    return `has the step ${step}, which must be a whole number from 1 to ${most - least + (least > 0 ? 1 : 0)}`;
  return undefined;
}
