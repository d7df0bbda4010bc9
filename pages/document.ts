import { raw } from 'hono/html';
import { html, section, type Html, type Section } from './html.ts';
import { style } from './style.ts';

interface Page {
  /** The title of the window. */
  title: string;
  kicker: string;
  /** What the page is about, in the first heading. */
  heading: Html;
  /** The outcome in one sentence, and how it reads: good, warn or bad. */
  verdict?: { says: string; kind: 'good' | 'warn' | 'bad' };
  /** What stands before the sections. */
  opening?: Html;
  sections: Section[];
  footer: string;
}

const glyphs = { good: '✓', warn: '!', bad: '✗' };

// The browser itself refuses to run a script or to ask any server.
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A whole page: one file that needs nothing else. */
export function pageDocument({ title, kicker, heading, verdict, opening, sections, footer }: Page): string {
  const page = html`<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="${policy}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      <title>${title}</title>
      <style>
        ${raw(style)}
      </style>
    </head>
    <body>
      <a class="skip" href="#main">Skip to the content</a>
      <header>
        <p class="kicker">${kicker}</p>
        <h1>${heading}</h1>
        ${verdict && html`<p class="verdict ${verdict.kind}"><span class="mark" aria-hidden="true">${glyphs[verdict.kind]}</span> ${verdict.says}</p>`}
      </header>
      <nav aria-label="Contents">
        <ul>
          ${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}
        </ul>
      </nav>
      <main id="main" tabindex="-1">${opening} ${sections.map(section)}</main>
      <footer>${footer}</footer>
    </body>
  </html>`;
  // hono returns a promise only if a value of the template is one, and none is.
  return `<!doctype html>\n${page as string}\n`;
}
