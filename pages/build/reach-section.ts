import type { Reach, Reached, ReachColumn, ReachRow } from '../../core/report/page/reach.ts';
import { few, html, mark, table, type Html, type Section } from '../html.ts';
import { outputText } from '../plain-text.ts';

const marks: Record<Reached, Html> = {
  shares: mark('good', '●', 'may launch the image'),
  owns: mark('good', '◆', 'has a copy of its own'),
  failed: mark('bad', '✗', 'failed'),
  skipped: mark('faint', '–', 'not reached'),
  none: mark('faint', '·', 'not shared'),
};

const statuses: Record<ReachRow['status'], Html> = {
  published: html`<span class="good"><span class="mark" aria-hidden="true">✓</span>published</span>`,
  failed: html`<span class="bad"><span class="mark" aria-hidden="true">✗</span>failed</span>`,
  skipped: html`<span class="faint"><span class="mark" aria-hidden="true">–</span>not reached</span>`,
};

/** Region × account: who may launch the image where. Failed targets come with their errors, before the table. */
export function reachSection({ columns, rows, errors }: Reach): Section {
  if (rows.every(({ ami, status }) => ami === null && status === 'skipped'))
    return section(html`<p class="faint">No region was reached: ${rows.map(({ place }) => place).join(', ')}.</p>`);
  const crowds = columns.filter(({ users }) => users.length > 1);
  const content = html` ${errors.map(
    ({ place, error, advice }) =>
      html`<h3 class="bad">${place}</h3>
        <p>${outputText(error, 5)}</p>
        ${advice && html`<p class="advice">What to do: ${advice}.</p>`}`,
  )}
  ${table('Who may launch the image, by region and account', ['Region', 'Status', 'AMI', ...columns.map((column) => head(column, columns.length > mostUpright))], rows.map(row), 'reach')}
  ${
    columns.length > 0
      ? html`<p class="faint">
          ● may launch the image, ◆ has a copy of its own, ✗ failed, – not reached, · not shared
        </p>`
      : html`<p class="faint">The image is shared with nobody else.</p>`
  }
  ${crowds.map(
    ({ users }) =>
      html`<details>
        <summary>${users.length} accounts in one column</summary>
        <ul>
          ${few(users, 1000)}
        </ul>
      </details>`,
  )}`;
  return section(content);
}

const section = (content: Html): Section => ({ id: 'regions', title: 'Regions and accounts', content });

/** More accounts than this have their names turned, so that their columns are narrow. */
const mostUpright = 5;

const head = ({ users: [first = '', ...others] }: ReachColumn, turned: boolean): Html =>
  html`<th scope="col">
    ${
      turned
        ? html`<span class="turned id">${nameOf(first, others)}</span>`
        : html`<span class="id">${nameOf(first, others)}</span>`
    }
  </th>`;

const nameOf = (first: string, others: string[]) => (others.length > 0 ? `${others.length + 1} accounts` : first);

const row = ({ place, status, ami, cells }: ReachRow): Html =>
  html`<tr>
    <th scope="row">${place}</th>
    <td>${statuses[status]}</td>
    <td class="id">${ami ?? '–'}</td>
    ${cells.map((cell) => html`<td class="cell">${marks[cell]}</td>`)}
  </tr>`;
