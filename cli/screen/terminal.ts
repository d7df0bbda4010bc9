import { styleText } from 'node:util';

/** The output of a verb, so that tests can read it. Text is written unchanged, so a line brings its own line feed. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  columns: number;
  isTTY: boolean;
  colour: boolean;
}

/** The terminal in which this process was started. */
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

/** Where a verb writes for people. With `--json`, stdout is for a program, so this goes to stderr, without colours and redrawing. */
export const forPeople = (terminal: Terminal, json: boolean): { write: (text: string) => void; sheet: Terminal } => ({
  write: (text) => (json ? terminal.err(text) : terminal.out(text)),
  sheet: { ...terminal, colour: terminal.colour && !json, isTTY: terminal.isTTY && !json },
});

export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** Adds colours if the terminal has them. The terminal decides, so styleText must not check a stream again. */
export const painter = ({ colour }: Pick<Terminal, 'colour'>): Paint =>
  colour ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;

/** Wraps text between words. Nothing is cut, because every message matters. */
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
