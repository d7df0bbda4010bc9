import { styleText } from 'node:util';

/** Where a verb writes, so that tests can look at it. Text is written as it is: a line brings its own line feed. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  columns: number;
  isTTY: boolean;
  colour: boolean;
}

/** The terminal this process was started from. */
export const processTerminal = (): Terminal => {
  const { stdout, stderr } = process;
  return {
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    get columns() {
      return stdout.columns ?? 100;
    },
    isTTY: stdout.isTTY === true && process.env['TERM'] !== 'dumb',
    colour: stdout.isTTY === true && stdout.hasColors(), // knows NO_COLOR, FORCE_COLOR and TERM
  };
};

export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** Colours where the terminal has them. The choice is the terminal's, so styleText must not look at a stream again. */
export const painter = ({ colour }: Pick<Terminal, 'colour'>): Paint =>
  colour ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;

/** Breaks between words; nothing is lost, for a message is worth its lines. */
export function fold(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line];
}
