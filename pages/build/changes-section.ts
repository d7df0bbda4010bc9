import { structuredPatch } from 'diff';
import { stringify } from 'yaml';
import type { PackageChanges } from '../../core/guest/inventory.ts';
import type { BuildChanges } from '../../core/report/page/changes.ts';
import { html, table, type Html, type Section } from '../html.ts';
import { outputText } from '../plain-text.ts';

const mostLines = 200;
const mostUnfolded = 60;
const mostPackages = 250;

/** How the image differs from the published one before: source, recipe, packages. */
export function changesSection({ since, source, recipe, commands, packages }: BuildChanges): Section {
  const same = !source && !recipe && commands.length === 0;
  const content = html` <p class="faint">Compared with the published build ${since}.</p>
    ${same && html`<p>Source image, recipe and scripts are the same.</p>`}
    ${
      source &&
      html`<h3>Source image</h3>
        <p>
          <span class="id">${source.from.ami}</span> ${source.from.name}<br />→
          <span class="id">${source.to.ami}</span> ${source.to.name}
        </p>`
    }
    ${
      recipe &&
      html`<h3>Recipe</h3>
        ${recipeDiff(recipe)}`
    }
    ${
      commands.length > 0 &&
      html`<h3>Scripts</h3>
        <p>The content of ${commands.join(', ')} differs.</p>`
    }
    ${
      packages
        ? packagesSection(packages)
        : html`<h3>Packages</h3>
            <p class="faint">Not compared: one of the two builds left no inventory.</p>`
    }`;
  return { id: 'changes', title: 'What changed', content };
}

const yamlOf = (value: object) =>
  stringify(JSON.parse(JSON.stringify(value)), { lineWidth: 0, aliasDuplicateObjects: false });

/** The lines that differ, with two lines around them. */
function recipeDiff({ from, to }: NonNullable<BuildChanges['recipe']>): Html {
  const { hunks } = structuredPatch('', '', yamlOf(from), yamlOf(to), undefined, undefined, { context: 2 });
  const lines = hunks.flatMap((hunk, index) => [...(index > 0 ? ['⋯'] : []), ...hunk.lines]);
  const kind = (line: string) =>
    line.startsWith('+') ? 'plus' : line.startsWith('-') ? 'minus' : line === '⋯' ? 'gap' : '';
  const more = lines.length - mostLines;
  const text = html`<div class="diff">
    ${lines.slice(0, mostLines).map((line) => html`<span class="${kind(line)}">${outputText(line, 1)}</span>`)}
    ${more > 0 && html`<span class="gap">and ${more} more lines</span>`}
  </div>`;
  return lines.length <= mostUnfolded
    ? text
    : html`<details>
        <summary>${lines.length} lines</summary>
        ${text}
      </details>`;
}

function packagesSection({ added, removed, changed }: PackageChanges): Html {
  const rows = [
    ...changed.map(({ name, from, to }) => ({ name, from, to })),
    ...added.map(({ name, version }) => ({ name, from: '–', to: version })),
    ...removed.map(({ name, version }) => ({ name, from: version, to: '–' })),
  ];
  if (rows.length === 0)
    return html`<h3>Packages</h3>
      <p>All packages are the same.</p>`;
  const more = rows.length - mostPackages;
  return html`<h3>Packages</h3>
<p>${changed.length} changed, ${added.length} added, ${removed.length} removed.</p>
<details${rows.length <= 30 && html` open=""`}><summary>All of them</summary>
${table(
  'Packages that differ',
  ['Package', 'Before', 'Now'],
  rows.slice(0, mostPackages).map(
    ({ name, from, to }) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td class="id">${from}</td>
        <td class="id">${to}</td>
      </tr>`,
  ),
)}
${more > 0 && html`<p>and ${more} more</p>`}</details>`;
}
