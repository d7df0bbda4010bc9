import type { Ancestor } from '../../core/report/page/facts.ts';
import type { PageOfBuild } from '../../core/report/page/page-of-build.ts';
import { html, type Section } from '../html.ts';

/** What the image was made of, back to the image of a vendor as far as our own builds tell. */
export function sourceSection(
  source: NonNullable<PageOfBuild['source']>,
  ancestors: Ancestor[],
  packages: number | undefined,
): Section {
  const content = html` <dl>
      <dt>Source image</dt>
      <dd><span class="id">${source.ami}</span> ${source.name}</dd>
      <dt>Owner</dt>
      <dd>${source.owner}, in ${source.region}</dd>
      ${
        packages !== undefined &&
        html`<dt>Packages</dt>
          <dd>${packages} installed when the image was made</dd>`
      }
    </dl>
    ${
      ancestors.length > 0 &&
      html`<h3>Descends from</h3>
        <ol>
          ${ancestors.map(
            ({ recipe, build, ami }) =>
              html`<li>
                ${recipe} <span class="id">${build}</span>, which was made of <span class="id">${ami}</span>
              </li>`,
          )}
        </ol>`
    }`;
  return { id: 'source', title: 'Source and lineage', content };
}
