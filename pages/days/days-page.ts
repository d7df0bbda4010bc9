import {
  weeksOfDays,
  type CalendarDay,
  type DayEvent,
  type DayMark,
  type PageOfDays,
} from '../../core/report/page/page-of-days.ts';
import { pageDocument } from '../document.ts';
import { html, mark, numberTitle, table, type Html, type Section } from '../html.ts';
import { outputText } from '../plain-text.ts';
import { calendarSection, dayId, glyphOf } from './calendar.ts';

/** A year has more events than a page of 300 kB can tell. */
const mostEvents = 500;

/** The page of simulated days as one file of HTML. */
export function daysPage(page: PageOfDays): string {
  const { from, days, region, seed, promises } = page;
  const weeks = weeksOfDays(page);
  const told = toldOf(page.events);
  const broken = promises.filter(({ kept }) => !kept).length;
  const sections = [
    promisesSection(promises),
    calendarSection(weeks, told),
    eventsSection(weeks.flat(), told, page.events.length),
    recipesSection(page.recipes),
  ];
  return pageDocument({
    title: `${days} simulated days`,
    kicker: `Simulated in ${region}, seed ${seed}, from ${from.slice(0, 16).replace('T', ' ')} UTC`,
    heading: html`${days} ${days === 1 ? 'day' : 'days'}`,
    verdict:
      broken > 0
        ? { says: `${broken} of ${promises.length} promises were broken`, kind: 'bad' }
        : { says: `All ${promises.length} promises were kept`, kind: 'good' },
    sections: broken > 0 ? sections : [...sections.slice(1), ...sections.slice(0, 1)],
    footer: 'Nothing here happened on AWS. Estimates are upper bounds in US dollars.',
  });
}

const promisesSection = (promises: PageOfDays['promises']): Section => ({
  id: 'promises',
  title: 'Promises',
  content: html`<ul class="plain">
    ${promises.map(
      ({ says, kept, against }) =>
        html`<li>
          ${kept ? mark('good', '✓', 'kept') : mark('bad', '✗', 'broken')} ${says}
          ${
            against.length > 0 &&
            html`<ul>
              ${against.slice(0, 20).map((one) => html`<li>${outputText(one, 3)}</li>`)}
            </ul>`
          }
        </li>`,
    )}
  </ul>`,
});

/** The most important first. */
const ranks: DayMark[] = ['bad', 'warn', 'good', 'news', 'begun', 'quiet'];

/** The events that a page can tell. */
function toldOf(events: DayEvent[]): Set<DayEvent> {
  const byRank = events.toSorted((one, other) => ranks.indexOf(one.mark) - ranks.indexOf(other.mark));
  return new Set(byRank.slice(0, mostEvents));
}

/** Every day with its events, in order. */
function eventsSection(days: CalendarDay[], told: Set<DayEvent>, all: number): Section {
  const content = html`${days
    .map(({ date, events }) => ({ date, events: events.filter((event) => told.has(event)) }))
    .filter(({ events }) => events.length > 0)
    .map(
      ({ date, events }) =>
        html`<h3 id="${dayId(date)}">${titleOf(date)}</h3>
          <ul class="plain events">
            ${events.map(line)}
          </ul>`,
    )}
  ${told.size < all && html`<p class="faint">${all - told.size} further events are left out, the least important ones.</p>`}`;
  return { id: 'events', title: 'What happened, and why', content };
}

const format = new Intl.DateTimeFormat('en', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const titleOf = (date: string) => format.format(new Date(date));

const line = ({ at, mark: kind, recipes, says }: DayEvent): Html =>
  html`<li>
    <span class="time">${at.slice(11, 16)}</span> ${glyphOf(kind)}
    <strong>${recipes.length > 2 ? `${recipes.length} recipes` : recipes.join(', ')}</strong> ${outputText(says, 2)}
  </li>`;

function recipesSection(recipes: PageOfDays['recipes']): Section {
  const titles = ['Updates', 'Builds', 'Published', 'Up to date', 'Failed', 'Worst', 'Cost'];
  const rows = recipes.map(
    ({ recipe, updates, builds, published, upToDate, failed, worst, cost }) =>
      html`<tr>
        <th scope="row">${recipe}</th>
        ${[updates, builds, published, upToDate].map((number) => html`<td class="number">${number}</td>`)}
        <td class="number">${failed > 0 ? html`<span class="bad">${failed}</span>` : '0'}</td>
        <td class="number">${worst}</td>
        <td class="number">${cost}</td>
      </tr>`,
  );
  return {
    id: 'recipes',
    title: 'Recipes',
    content: html`${table('Builds by recipe', ['Recipe', ...titles.map(numberTitle)], rows, 'costs')}
      <p class="faint">Worst is the longest time from a newer source image to its publication.</p>`,
  };
}
