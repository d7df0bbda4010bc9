import type { History } from '../../proof/month/history.ts';
import { timeOf, type Invariant } from '../../proof/month/invariants.ts';
import type { DayMark, PageOfDays } from '../../core/report/page/page-of-days.ts';
import { cost, summariesOf } from './days-summary.ts';
import { once, shortened, timelineOf, type TimelineEntry } from './days-timeline.ts';

const markOfEvent: Record<TimelineEntry['event'], DayMark> = {
  'source updated': 'news',
  'no source': 'bad',
  started: 'begun',
  skipped: 'quiet',
  published: 'good',
  'up to date': 'quiet',
  failed: 'bad',
  lost: 'warn',
  'not taken': 'warn',
  swept: 'warn',
};

/** What the page of simulated days says. */
export const pageOfDays = (
  history: History,
  invariants: (Invariant & { kept: boolean })[],
  { days, region, seed }: Pick<PageOfDays, 'days' | 'region' | 'seed'>,
): PageOfDays => ({
  from: history.from,
  days,
  region,
  seed,
  events: once(timelineOf(history)).map(({ at, event, recipes, says }) => ({
    at,
    mark: markOfEvent[event],
    recipes,
    says: shortened(says),
  })),
  promises: invariants.map(({ says, kept, violations, held }) => ({ says, kept, against: [...violations, ...held] })),
  recipes: summariesOf(history).map((one) => ({
    recipe: one.recipe,
    updates: one.sourceUpdates,
    builds: one.builds,
    published: one.published,
    upToDate: one.upToDate,
    failed: one.failed,
    worst: one.worstSeconds === null ? '–' : timeOf(one.worstSeconds),
    cost: cost(one.usd, one.unpriced),
  })),
});
