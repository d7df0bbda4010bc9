import type { PageOfBuild } from '../../core/report/page/page-of-build.ts';
import { html, table, type Section } from '../html.ts';

/** The builds of the variants, which are published together, with links to their pages. */
export function variantsSection(variants: PageOfBuild['variants']): Section {
  const rows = variants.map(
    ({ recipe, build, verdict, says, images, href }) =>
      html`<tr>
        <th scope="row">${href ? html`<a href="${href}">${recipe}</a>` : recipe} <span class="id">${build}</span></th>
        <td><span class="${verdict === 'failed' ? 'bad' : 'good'}">${says}</span></td>
        <td class="id">${images.map((image) => html`<div>${image}</div>`)}</td>
      </tr>`,
  );
  const caption = 'The variants, which are published together or not at all';
  return { id: 'variants', title: 'Variants', content: table(caption, ['Variant', 'Ended', 'Images'], rows) };
}
