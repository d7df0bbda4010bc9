// EventBridge Scheduler's own grammar: six fields, of which one of the days must be left open with "?".
const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const weekdays = 'SUN MON TUE WED THU FRI SAT'.split(' ');
const fields: { name: string; least: number; most: number; words?: string[]; special?: RegExp }[] = [
  { name: 'minutes', least: 0, most: 59 },
  { name: 'hours', least: 0, most: 23 },
  { name: 'day-of-month', least: 1, most: 31, special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', least: 1, most: 12, words: months },
  {
    name: 'day-of-week',
    least: 1,
    most: 7,
    words: weekdays,
    special: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/i,
  },
  { name: 'year', least: 1970, most: 2199 },
];

/** What is wrong with a schedule, if anything. */
export function scheduleProblem(schedule: string): string | undefined {
  const [, kind, inside = ''] = /^(cron|rate|at)\((.*)\)$/.exec(schedule) ?? [];
  if (kind === 'cron') return cronProblem(inside.trim().split(/\s+/));
  if (kind === 'rate') return rateProblem(inside);
  if (kind === 'at') return 'at(...) runs once only; use cron(...) or rate(...)';
  return `must be cron(0 3 ? * SUN *) or rate(7 days), got ${JSON.stringify(schedule)}`;
}

function rateProblem(inside: string): string | undefined {
  const [, count, unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(inside) ?? [];
  if (!count) return `rate(${inside}) must be a whole number and minutes, hours or days, such as rate(7 days)`;
  const right = `${count} ${unit}${Number(count) === 1 ? '' : 's'}`;
  return inside === right ? undefined : `must be rate(${right})`;
}

function cronProblem(given: string[]): string | undefined {
  if (given.length !== fields.length) {
    return `cron(...) has six fields (${fields.map(({ name }) => name).join(' ')}), got ${given.length}`;
  }
  for (const [index, field] of fields.entries()) {
    const text = given[index] ?? '';
    if (!field.special?.test(text) && !text.split(',').every((part) => isPart(part, field))) {
      const words = field.words ? ` or ${field.words[0]} to ${field.words.at(-1)}` : '';
      return `${field.name} "${text}" must be made of ${field.least} to ${field.most}${words}, * , - and /`;
    }
  }
  const open = [given[2], given[4]].filter((day) => day === '?').length;
  return open === 1 ? undefined : 'exactly one of day-of-month and day-of-week must be ?';
}

function isPart(part: string, { least, most, words }: (typeof fields)[number]): boolean {
  const valueOf = (text: string) => {
    const word = words?.indexOf(text.toUpperCase()) ?? -1;
    return word >= 0 ? word + 1 : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  };
  const [range = '', step, ...rest] = part.split('/');
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*') return true;
  const ends = range.split('-').map(valueOf);
  return ends.length <= 2 && ends.every((end) => end >= least && end <= most);
}
