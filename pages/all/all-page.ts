import { durationOf } from '../../core/duration.ts';
import type { PageOfAll, RecipeBuilds } from '../../core/report/page/page-of-all.ts';
import type { BuildOnPage } from '../../core/report/page/pipeline-facts.ts';
import { pageDocument } from '../document.ts';
import { few, html, numberTitle, table, type Html, type Section } from '../html.ts';
import { dollars } from '../money.ts';
import { outputText } from '../plain-text.ts';
import { buildsSection } from './builds-section.ts';
import { channelsSection } from './channels-section.ts';

const mostRecipes = 100;
const mostFailures = 25;
const mostLooks = 60;

/** The state of a pipeline in a few words. */
export function saysOfAll({ look, places, channels }: PageOfAll): string {
  if (look.length > 0) return `${look.length} ${look.length === 1 ? 'thing needs' : 'things need'} a look`;
  if (channels.length === 0) return 'No channel has an image yet';
  return `Every channel is healthy in ${places.length} ${places.length === 1 ? 'region' : 'regions'}`;
}

/** The overview of a pipeline as one file of HTML. */
export function allPage(page: PageOfAll): string {
  const { name, region, now, days, look, recipes, failures, weeks } = page;
  const shown = recipes.toSorted((one, other) => other.builds.length - one.builds.length).slice(0, mostRecipes);
  const sections = [
    look.length > 0 ? lookSection(look) : undefined,
    channelsSection(page),
    buildsSection(shown, recipes.length - shown.length, { now, days }),
    failures.length > 0 ? failuresSection(failures) : undefined,
    costSection(shown, weeks),
  ].filter((one) => one !== undefined);
  return pageDocument({
    title: `${name} in ${region}`,
    kicker: `Golden images, ${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    heading: html`${name} <span class="id">${region}</span>`,
    verdict: { says: saysOfAll(page), kind: look.length > 0 ? 'warn' : 'good' },
    sections,
    footer: `Builds of ${days} days. Estimates are upper bounds in US dollars. golden report --all makes this page anew.`,
  });
}

const lookSection = (look: string[]): Section => ({
  id: 'look',
  title: 'Needs a look',
  content: html`<ul>
    ${few(
      look.map((thing) => outputText(thing, 3)),
      mostLooks,
    )}
  </ul>`,
});

function failuresSection(failures: BuildOnPage[]): Section {
  const rows = failures.slice(0, mostFailures).map(
    ({ recipe, build, error, cause }) =>
      html`<tr>
        <th scope="row">${recipe}<br /><span class="id">${build}</span></th>
        <td><span class="bad">${error}</span><br />${outputText(cause ?? '', 1)}</td>
      </tr>`,
  );
  const content = html`${table('Builds that failed, the newest first', ['Build', 'What failed'], rows, 'failures')}
  ${failures.length > mostFailures && html`<p class="faint">and ${failures.length - mostFailures} older ones</p>`}`;
  return { id: 'failures', title: 'Failures', content };
}

function costSection(recipes: RecipeBuilds[], weeks: PageOfAll['weeks']): Section {
  const [builds, kept] = [recipes.map(({ usd }) => usd), recipes.map(({ perMonth }) => perMonth)].map((all) =>
    all.reduce((sum, one) => sum + one, 0),
  );
  const most = Math.max(0.000001, ...weeks.map(({ usd }) => usd));
  const rows = recipes.map(
    ({ recipe, builds: all, usd, perMonth, usualSeconds }): Html =>
      html`<tr>
        <th scope="row">${recipe}</th>
        <td class="number">${all.length}</td>
        <td class="number">${usualSeconds === null ? '–' : durationOf(Math.round(usualSeconds))}</td>
        <td class="number">${dollars(usd)}</td>
        <td class="number">${dollars(perMonth)}</td>
      </tr>`,
  );
  const width = 100 / Math.max(1, weeks.length);
  const content = html`<p>
      At most ${dollars(builds ?? 0)} for all builds, and ${dollars(kept ?? 0)} every month for the newest published
      images.
    </p>
    <h3>Builds by week</h3>
    <svg class="weeks" role="img" aria-label="Cost of the builds by week, at most ${dollars(most)} in a week">
      ${weeks.map(
        ({ from, usd }, index) =>
          html`<rect
            class="commands"
            x="${(index * width).toFixed(2)}%"
            width="${(width * 0.8).toFixed(2)}%"
            y="${(80 - (76 * usd) / most).toFixed(1)}"
            height="${((76 * usd) / most).toFixed(1)}"
          >
            <title>Week from ${from}: ${dollars(usd)}</title></rect
          >`,
      )}
      <line class="tick" x1="0" x2="100%" y1="80" y2="80" />
      <text x="0" y="96">${weeks[0]?.from}</text>
      <text x="100%" y="96" text-anchor="end">${weeks.at(-1)?.from}</text>
    </svg>
    ${table(
      'Cost by recipe',
      ['Recipe', ...['Builds', 'Usually took', 'Builds cost', 'Kept, a month'].map(numberTitle)],
      rows,
      'costs',
    )}`;
  return { id: 'cost', title: 'Cost', content };
}
