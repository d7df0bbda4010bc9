import { stripVTControlCharacters } from 'node:util';

const longestLine = 400;

// Marks that turn the direction of text round, by which an output could show something else than it says.
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// oxlint-disable-next-line no-control-regex -- these are what it removes
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g;

const named = (character: string) => `⟨U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`;

function shortLine(line: string): string {
  // A progress bar writes its line again and again. A terminal shows the last one.
  const shown = line.trimEnd().split('\r').at(-1) ?? '';
  const more = shown.length - longestLine;
  return more > 0 ? `${shown.slice(0, longestLine)} … ${more} more characters` : shown;
}

const mostCharacters = 30_000;

/** A text without control characters. Marks that turn text round are shown by name. */
export const visible = (text: string): string =>
  text.slice(0, mostCharacters).replaceAll(control, '').replaceAll(turning, named);

/** The last lines of a command's output, as a terminal would show them without colours. */
export const outputText = (text: string, lines: number): string =>
  stripVTControlCharacters(text).trimEnd().split('\n').slice(-lines).map(shortLine).join('\n');
