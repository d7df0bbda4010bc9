import type { CalendarDay, DayEvent, DayMark } from '../../core/report/page/page-of-days.ts';
import { html, type Html, type Section } from '../html.ts';

const glyphs: Record<DayMark, string> = { good: '✓', bad: '✗', warn: '!', news: '◆', begun: '●', quiet: '–' };
const classes: Record<DayMark, string> = {
  good: 'good',
  bad: 'bad',
  warn: 'warn',
  news: 'accent',
  begun: 'accent',
  quiet: 'faint',
};

/** The glyph of an event, beside words that say the same. */
export const glyphOf = (kind: DayMark): Html =>
  html`<span class="mark ${classes[kind]}" aria-hidden="true">${glyphs[kind]}</span>`;

/** Of the list of a day. */
export const dayId = (date: string): string => `day-${date}`;

/** What a day of the calendar counts, the most important first. */
const counted: [DayMark, words: string][] = [
  ['bad', 'failed'],
  ['warn', 'to look at'],
  ['good', 'published'],
  ['news', 'newer sources'],
];

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** A calendar: what each day published, what failed, and how many newer source images came. */
export const calendarSection = (weeks: CalendarDay[][], told: Set<DayEvent>): Section => ({
  id: 'calendar',
  title: 'Calendar',
  content: html`<table class="calendar">
      <caption>
        Events by day, in weeks
      </caption>
      <thead>
        <tr>
          ${weekdays.map((day) => html`<th scope="col"><abbr title="${day}">${day.slice(0, 3)}</abbr></th>`)}
        </tr>
      </thead>
      <tbody>
        ${weeks.map(
          (week) =>
            html`<tr>
              ${week.map((day) => cell(day, day === firstOf(weeks), told))}
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="faint">✓ published, ✗ failed, ! needs a look, ◆ newer source images</p>`,
});

const firstOf = (weeks: CalendarDay[][]) => weeks.flat().find(({ within }) => within);

/** @param first The first day, which says its month, as the first of every month does. */
function cell({ date, within, events }: CalendarDay, first: boolean, told: Set<DayEvent>): Html {
  if (!within) return html`<td></td>`;
  const counts = counted
    .map(([kind, words]) => ({ kind, words, count: events.filter((event) => event.mark === kind).length }))
    .filter(({ count }) => count > 0);
  const day = Number(date.slice(8));
  const name =
    first || day === 1
      ? `${day} ${new Date(date).toLocaleString('en', { month: 'short', timeZone: 'UTC' })}`
      : `${day}`;
  return html`<td>
    ${events.some((event) => told.has(event)) ? html`<a href="#${dayId(date)}">${name}</a>` : html`<span class="faint">${name}</span>`}
    ${counts.map(
      ({ kind, words, count }) =>
        html`<div class="${classes[kind]}">
          <span aria-hidden="true">${glyphs[kind]} ${count}</span><span class="hidden">${count} ${words}</span>
        </div>`,
    )}
  </td>`;
}
