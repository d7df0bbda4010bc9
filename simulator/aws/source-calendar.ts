import { createRandom, type Random } from '../random.ts';

/** The vendors of images under public parameters; each vendor has its own rhythm. */
export interface PublicSource {
  parameter: string;
  system: 'AmazonLinux' | 'Ubuntu' | 'Debian' | 'RedHat' | 'Windows';
}

/** A newer image to be published. */
export interface CalendarEntry {
  /** Milliseconds since the epoch. */
  at: number;
  parameter: string;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Releases at intervals of a number of days, with some variation, during working hours in Seattle or London. */
function everySo(days: number, spread: number, from: number, until: number, chance: Random): number[] {
  const times: number[] = [];
  let next = chance.between(1, days);
  while (from + next * day < until) {
    const morning = Math.floor((from + next * day) / day) * day;
    times.push(morning + chance.between(14, 23) * hour);
    next += days + chance.between(-spread, spread);
  }
  return times;
}

/** After one release in three, another follows within the hour, to correct an error. */
const oftenTwice = (times: number[], chance: Random): number[] =>
  times.flatMap((at) => (chance.next() < 1 / 3 ? [at, at + chance.between(10, 50) * minute] : [at]));

/** The evenings (UTC) of second Tuesdays of months, when Microsoft publishes. */
function secondTuesdays(from: number, until: number, chance: Random): number[] {
  const times: number[] = [];
  const start = new Date(from);
  for (let month = start.getUTCMonth(); ; month++) {
    const first = Date.UTC(start.getUTCFullYear(), month, 1);
    if (first > until) return times;
    const toTuesday = (2 - new Date(first).getUTCDay() + 7) % 7;
    times.push(first + (toTuesday + 7) * day + chance.between(17, 23) * hour);
  }
}

type Rhythm = (from: number, until: number, chance: Random, another: Random) => number[];

const rhythms: Record<PublicSource['system'], Rhythm> = {
  AmazonLinux: (from, until, chance, another) => oftenTwice(everySo(14, 3, from, until, chance), another),
  Ubuntu: (from, until, chance) => everySo(7, 2, from, until, chance),
  Debian: (from, until, chance) => everySo(21, 7, from, until, chance),
  RedHat: (from, until, chance) => everySo(42, 14, from, until, chance),
  Windows: secondTuesdays,
};

/**
 * The times at which vendors publish newer images in the days after `from` (milliseconds), in order of time. A vendor publishes
 * all its images at once. The same seed always gives the same calendar; fewer days give its beginning.
 */
export function sourceCalendar(
  sources: PublicSource[],
  { from, days, seed }: { from: number; days: number; seed: number },
): CalendarEntry[] {
  const until = from + days * day;
  const stream = (...of: string[]) => createRandom(seed, 'source calendar', ...of);
  return sources
    .flatMap(({ parameter, system }) =>
      rhythms[system](from, until, stream(system), stream(system, 'another')).map((at) => ({
        at: Math.round(at / 1000) * 1000,
        parameter,
      })),
    )
    .filter(({ at }) => at >= from && at < until)
    .toSorted((one, other) => one.at - other.at || (one.parameter < other.parameter ? -1 : 1));
}
