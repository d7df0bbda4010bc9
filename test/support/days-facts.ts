// Simulated days with events of every kind, for their page.
import type { DayEvent, DayMark, PageOfDays } from '../../core/report/page/page-of-days.ts';

const marks: DayMark[] = ['news', 'begun', 'good', 'quiet', 'bad', 'warn'];

/** @param days At five events a day. */
export function daysFacts(days = 30, broken = false): PageOfDays {
  const from = '2026-11-23T03:00:00.000Z';
  const events = Array.from({ length: days * 5 }, (_, index): DayEvent => {
    const at = new Date(Date.parse(from) + index * 17_280_000 + 60_000).toISOString();
    const mark = marks[(index * 5) % 6] ?? 'good';
    return {
      at,
      mark,
      recipes: ['al2023-base'],
      says: `${mark} <b>because</b> the source image is ami-…${1000 + index}`,
    };
  });
  return {
    from,
    days,
    region: 'us-east-1',
    seed: 1,
    events,
    promises: [
      { says: '8 of 8 source updates were published', kept: true, against: [] },
      { says: 'no digest was built twice', kept: !broken, against: broken ? ['al2023-base built d1 twice'] : [] },
    ],
    recipes: [
      {
        recipe: 'al2023-base',
        updates: 3,
        builds: 8,
        published: 4,
        upToDate: 4,
        failed: 1,
        worst: '57m',
        cost: '$1.32',
      },
    ],
  };
}
