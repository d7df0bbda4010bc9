import { scaleUtc } from 'd3-scale';
import type { RecipeBuilds } from '../../core/report/page/page-of-all.ts';
import type { BuildOnPage } from '../../core/report/page/pipeline-facts.ts';
import { html, type Html, type Section } from '../html.ts';
import { percent, tickLines } from '../ticks.ts';

const day = 86_400_000;

/** Every build of a time as a mark on a line for its recipe. */
export function buildsSection(
  recipes: RecipeBuilds[],
  more: number,
  { now, days }: { now: number; days: number },
): Section {
  const scale = scaleUtc()
    .domain([now - days * day, now])
    .range([1, 99]);
  const format = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const ticks = scale.ticks(4).map((at) => ({ x: scale(at), says: format.format(at) }));
  const content = html`<ul class="legend">
      <li>
        <svg aria-hidden="true" focusable="false"><circle class="good-mark" cx="7" cy="7" r="4" /></svg>published
      </li>
      <li>
        <svg aria-hidden="true" focusable="false"><path class="bad-mark" d="M3 3L11 11M11 3L3 11" /></svg>failed
      </li>
    </ul>
    ${tickLines('days', ticks)}
    <table class="lanes">
      <caption>
        Builds of ${days} days, by recipe
      </caption>
      <thead>
        <tr>
          <th scope="col"><span class="hidden">Recipe</span></th>
          <th scope="col">
            <span class="hidden">When</span>
            <svg aria-hidden="true" focusable="false">
              ${ticks.map(({ x, says }, index) => html`<text${index % 2 === 1 && html` class="extra"`} x="${percent(x)}" y="14" text-anchor="middle">${says}</text>`)}
            </svg>
          </th>
          <th scope="col" class="number">Published</th>
          <th scope="col" class="number">Failed</th>
        </tr>
      </thead>
      <tbody>
        ${recipes.map((one) => row(one, (at) => scale(at)))}
      </tbody>
    </table>
    ${more > 0 && html`<p class="faint">and ${more} more recipes</p>`}`;
  return { id: 'builds', title: 'Builds', content };
}

const row = ({ recipe, builds, published, failed }: RecipeBuilds, at: (time: number) => number): Html =>
  html`<tr>
    <th scope="row">${recipe}</th>
    <td>
      <svg role="img" aria-label="${published} published, ${failed} failed">
        <use href="#days" />
        ${builds.map((build) => markOf(build, at))}
      </svg>
    </td>
    <td class="number">${published}</td>
    <td class="number">${failed > 0 ? html`<span class="bad">${failed}</span>` : '0'}</td>
  </tr>`;

function markOf({ status, startedAt, build, error }: BuildOnPage, at: (time: number) => number): Html | undefined {
  const x = percent(at(startedAt));
  if (status === 'published') return html`<circle class="good-mark" cx="${x}" cy="10" r="3.5" />`;
  if (status !== 'failed') return undefined;
  return html`<svg x="${x}" y="10">
    <title>${build}: ${error}</title>
    <path class="bad-mark" d="M-4-4L4 4M4-4L-4 4" />
  </svg>`;
}
