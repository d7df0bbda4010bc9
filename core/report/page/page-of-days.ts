/** How an event reads: good, bad, something to look at, news from outside, or nothing that was made. */
export type DayMark = 'good' | 'bad' | 'warn' | 'news' | 'begun' | 'quiet';

/** Something that happened, and why. */
export interface DayEvent {
  /** ISO 8601. */
  at: string;
  mark: DayMark;
  recipes: string[];
  says: string;
}

/** What some simulated days were like. The command line makes it of a history, and pages/days/ makes HTML of it. */
export interface PageOfDays {
  from: string;
  days: number;
  region: string;
  seed: number;
  events: DayEvent[];
  /** Whether each promise was kept, with what speaks against it. */
  promises: { says: string; kept: boolean; against: string[] }[];
  recipes: DaysOfRecipe[];
}

/** The sums of one recipe. */
interface DaysOfRecipe {
  recipe: string;
  updates: number;
  builds: number;
  published: number;
  upToDate: number;
  failed: number;
  /** The longest time from a newer source image to its publication. */
  worst: string;
  cost: string;
}

/** A day of the calendar, with its events. */
export interface CalendarDay {
  /** Such as `2026-11-23`. */
  date: string;
  /** Whether the days that were simulated have it. */
  within: boolean;
  events: DayEvent[];
}

const day = 86_400_000;
const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10);

/** The days as weeks from Monday to Sunday. Days before the first and after the last one fill the weeks. */
export function weeksOfDays({ from, days, events }: Pick<PageOfDays, 'from' | 'days' | 'events'>): CalendarDay[][] {
  const first = Date.parse(from.slice(0, 10));
  const last = Date.parse(from) + days * day - 1;
  const sinceMonday = (new Date(first).getUTCDay() + 6) % 7;
  const weeks: CalendarDay[][] = [];
  for (let monday = first - sinceMonday * day; monday <= last; monday += 7 * day)
    weeks.push(
      Array.from({ length: 7 }, (_, index): CalendarDay => {
        const at = monday + index * day;
        const date = dateOf(at);
        const own = events.filter((event) => event.at.startsWith(date));
        return { date, within: at >= first && at <= last, events: own };
      }),
    );
  return weeks;
}
