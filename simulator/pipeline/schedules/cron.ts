import { Cron } from 'croner';
import { refuseForeignCron } from './cron-grammar.ts';

const minute = 60_000;
const units: Record<string, number> = { minute, hour: 60 * minute, day: 1440 * minute };

/** Milliseconds between two runs of `rate(…)`; undefined for `cron(…)`. */
export function periodOf(expression: string): number | undefined {
  const [, count, unit = ''] = /^rate\((1(?= )|[1-9]\d*(?= \w+s\))) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return count === undefined ? undefined : Number(count) * (units[unit] ?? 0);
}

/**
 * The next time after an instant for a `cron(…)` of EventBridge Scheduler, both in milliseconds. A time that the clocks skip in
 * spring is skipped. A time that they show twice in autumn runs only the first time.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function nextRun(expression: string, timezone: string, after: number): number | undefined {
  const [, inside] = /^cron\((.*)\)$/.exec(expression) ?? [];
  if (inside === undefined) throw new Error(`the simulator does not know the schedule ${expression}`);
  refuseForeignCron(inside.trim(), expression);
  const [minutes, hours, day, month, weekday = '', year] = inside.trim().split(/\s+/);
  const pattern = ['0', minutes, hours, day, month, renumbered(weekday), year].join(' ');
  // This uses a calendar without summer time, because croner has its own rules for the hours that change.
  const calendar = new Cron(pattern, { timezone: 'UTC', sloppyRanges: true });
  let shown = wallClock(after, timezone);
  for (;;) {
    const next = calendar.nextRun(new Date(shown))?.getTime();
    if (next === undefined) return undefined;
    const at = instantOf(next, timezone);
    if (at !== undefined && at > after) return at;
    shown = next;
  }
}

const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** AWS numbers the days of the week from 1 for Sunday, croner from 0. A bare L is the last day of a week. */
function renumbered(field: string): string {
  if (/^L$/i.test(field)) return '6';
  const zeroBased = (day: string) => {
    const named = weekdays.indexOf(day.toUpperCase());
    return String(named >= 0 ? named : Number(day) - 1);
  };
  const days = (part: string) => part.replace(/SUN|MON|TUE|WED|THU|FRI|SAT|(?<!#)[1-7]/gi, zeroBased);
  return field
    .split(',')
    .map((part) => {
      const [range = '', ...step] = part.split('/');
      return [days(range), ...step].join('/');
    })
    .join(',');
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The format of a zone's local time. Each is made once: that takes longer than many uses. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}

/** The local time of a zone at an instant, written as if it were UTC. */
function wallClock(at: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** The first instant at which a zone's clocks show this time; undefined if they never do. */
function instantOf(shown: number, timeZone: string): number | undefined {
  const day = units['day'] ?? 0;
  const offsets = [shown - day, shown + day].map((near) => wallClock(near, timeZone) - near);
  const instants = offsets.map((offset) => shown - offset).filter((at) => wallClock(at, timeZone) === shown);
  return instants.length > 0 ? Math.min(...instants) : undefined;
}
