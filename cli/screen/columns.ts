import { painter, type Paint, type Terminal } from './terminal.ts';

export interface Cell {
  text: string;
  style?: Parameters<Paint>[0];
}

/** Rows below titles. Each column is as wide as its widest cell; the last is not padded. */
export function columns(titles: string[], rows: Cell[][], { colour }: Pick<Terminal, 'colour'>): string {
  const paint = painter({ colour });
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column]?.text.length ?? 0)),
  );
  const line = (cells: Cell[]) =>
    cells.map(({ text, style }, column) => {
      const filled = column === titles.length - 1 ? text : text.padEnd(widths[column] ?? 0);
      return style ? paint(style, filled) : filled;
    });
  const lines = [titles.map((text): Cell => ({ text, style: 'bold' })), ...rows].map(line);
  return lines.map((cells) => `  ${cells.join('  ')}`.trimEnd()).join('\n');
}
