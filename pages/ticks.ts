import { html, type Html } from './html.ts';

/** A place on an axis, and what is written there. */
export interface Tick {
  x: number;
  says: string;
}

export const percent = (value: number): string => `${Math.round(value * 100) / 100}%`;

/** The lines of an axis, which every row of a table shows by `<use>`. */
export const tickLines = (id: string, ticks: Tick[]): Html =>
  html`<svg width="0" height="0" aria-hidden="true" focusable="false" style="position:absolute">
    <defs>
      <g id="${id}">
        ${ticks.map(({ x }) => html`<line class="tick" x1="${percent(x)}" x2="${percent(x)}" y1="-4" y2="26" />`)}
      </g>
    </defs>
  </svg>`;
