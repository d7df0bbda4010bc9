import { durationOf } from '../../core/duration.ts';
import type { PageOfAll } from '../../core/report/page/page-of-all.ts';
import type { ChannelOnPage } from '../../core/report/page/pipeline-facts.ts';
import { html, table, type Html, type Section } from '../html.ts';

/** Channel × region: how old the image is that each region has, and whether it is well. */
export function channelsSection({ places, channels, now }: PageOfAll): Section {
  const title = (place: string): Html =>
    html`<th scope="col">${places.length > 7 ? html`<span class="turned">${place}</span>` : place}</th>`;
  const rows = channels.map(
    ({ name, cells }) =>
      html`<tr>
        <th scope="row">${name}<br /><span class="id faint">${cells.find((cell) => cell?.build)?.build}</span></th>
        ${cells.map((cell) => html`<td class="age">${cell && cellOf(cell, cells, now)}</td>`)}
      </tr>`,
  );
  const content =
    channels.length === 0
      ? html`<p class="faint">No channel has an image yet.</p>`
      : html`${table('Age of the image that each channel holds, by region', ['Channel', ...places.map(title)], rows, 'reach')}
          <p class="faint">
            The age of each image. ! is a region that needs a look, ≠ one that has another build than the first.
          </p>`;
  return { id: 'channels', title: 'Channels', content };
}

function cellOf(
  { createdAt, health, drifts, build }: ChannelOnPage,
  row: (ChannelOnPage | undefined)[],
  now: number,
): Html {
  const age = createdAt === null ? '–' : ageOf(now - Date.parse(createdAt));
  const other = build !== row.find((cell) => cell?.build)?.build;
  if (health !== 'healthy')
    return html`<span class="${health === 'deprecated' ? 'warn' : 'bad'}"
      ><span class="mark" aria-hidden="true">!</span>${age} ${health}</span
    >`;
  if (drifts !== null && drifts.length > 0)
    return html`<span class="warn"
      ><span class="mark" aria-hidden="true">!</span>${age},
      ${drifts.length === 1 ? 'a drift' : `${drifts.length} drifts`}</span
    >`;
  return other
    ? html`<span class="warn"><span aria-hidden="true">≠</span> ${age}<span class="hidden"> another build</span></span>`
    : html`${age}`;
}

/** The largest unit is enough for an age. */
const ageOf = (ms: number): string => durationOf(Math.max(0, Math.round(ms / 1000))).split(' ')[0] ?? '';
