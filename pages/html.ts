// The pages are strings of HTML, made with hono's tagged template: it escapes every value, and it is 1.5 kB in a bundle. They are
// written as XHTML, so that an XML parser can tell in a test that every element is closed.
import { html as escaped } from 'hono/html';
import { visible } from './plain-text.ts';

/** A piece of a page. */
export type Html = ReturnType<typeof escaped>;

const shown = (value: unknown): unknown =>
  typeof value === 'string' ? visible(value) : Array.isArray(value) ? value.map(shown) : value;

const layouts = new WeakMap<TemplateStringsArray, TemplateStringsArray>();

/** The text of a template without the indentation of its source, which would be a third of a page. */
function withoutLayout(strings: TemplateStringsArray): TemplateStringsArray {
  const known = layouts.get(strings);
  if (known) return known;
  const short = strings.map((text) => text.replaceAll(/\s*\n\s*/g, '\n'));
  const made = Object.assign(short, { raw: short });
  layouts.set(strings, made);
  return made;
}

/** A template whose values are escaped, and have no characters that a reader does not see. A value that is a template stays. */
export const html = (strings: TemplateStringsArray, ...values: unknown[]): Html =>
  escaped(withoutLayout(strings), ...values.map(shown));

/** A table with a head, whose titles are texts or whole cells, a caption for screen readers, and a frame that scrolls by itself where the window is narrow. */
export const table = (caption: string, titles: (string | Html)[], rows: Html[], kind = ''): Html =>
  html` <div class="frame" role="region" aria-label="Table: ${caption}" tabindex="0">
    <table class="${kind}">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${titles.map((title) => (typeof title === 'string' ? html`<th scope="col">${title}</th>` : title))}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;

/** The title of a column of numbers. */
export const numberTitle = (title: string): Html => html`<th scope="col" class="number">${title}</th>`;

/** A section with its heading, which the list of contents links to. */
export interface Section {
  id: string;
  title: string;
  content: Html;
}

export const section = ({ id, title, content }: Section): Html =>
  html` <section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;

/** At most so many things of a list, and the number of the others. */
export const few = (things: (string | Html)[], most: number): Html[] => [
  ...things.slice(0, most).map((thing) => html`<li>${thing}</li>`),
  ...(things.length > most ? [html`<li>and ${things.length - most} more</li>`] : []),
];

/** A mark that says in one glyph, and to a screen reader in words. */
export const mark = (kind: string, glyph: string, words: string): Html =>
  html`<span class="mark ${kind}" aria-hidden="true">${glyph}</span><span class="hidden">${words}</span>`;
