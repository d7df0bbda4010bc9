import { durationOf } from '../../core/duration.ts';
import type { EventPath } from '../../core/build/event-paths.ts';
import type { HistoryEvent } from '../../simulator/states/history.ts';
import type { Line } from '../deployed/progress.ts';
import { createProgressOfAll } from './progress-of-all.ts';
import { fold, painter, type Terminal } from './terminal.ts';

type Sheet = Pick<Terminal, 'columns' | 'colour'>;

const widest = 100; // further right, a duration is hard to match with its state
const narrowest = 70; // below, lines would break and could not be rewritten
const marks = {
  running: ['cyan', '●'],
  done: ['green', '✓'],
  left: ['yellow', '!'],
  failed: ['red', '✗'],
  stopped: ['yellow', '–'],
  skipped: ['dim', '–'],
} as const;
const clockWidth = 9;
const labelWidth = 26;
const tookWidth = 9;
const margin = ' '.repeat(clockWidth + 6); // clock, mark and the spaces around them
const tailLines = 20;

const widthOf = (columns: number) => Math.min(columns - 1, widest);
const whatWidth = (columns: number) => Math.max(12, widthOf(columns) - margin.length - labelWidth - tookWidth - 2);

/** The time since the start, as `1:02:03`. */
function clockText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

export const took = (ms: number): string => durationOf(Math.round(ms / 1000));
const cut = (text: string, width: number) =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

/** @param time The time at the start of each line. */
export function heading({ columns, colour }: Sheet, time = 'simulated'): string {
  const titles = [
    `  ${time.padStart(clockWidth)}   `,
    'state'.padEnd(labelWidth),
    ' '.repeat(whatWidth(columns)),
    'took'.padStart(tookWidth),
  ];
  return painter({ colour })('dim', titles.join(' '));
}

/** A line as text: end time (or now), status, name and duration; below it the reason of a failure. */
export function draw(line: Line, startedAt: number, now: number, { columns, colour }: Sheet): string[] {
  const paint = painter({ colour });
  const until = line.until ?? now;
  const [style, mark] = marks[line.mark];
  const label = cut(line.label, labelWidth);
  const text = [
    ` ${paint('dim', clockText(until - startedAt).padStart(clockWidth + 1))} `,
    paint(style, mark),
    line.mark === 'failed' ? paint('red', label) : label,
    paint('dim', cut(line.what, whatWidth(columns))),
    took(until - line.since).padStart(tookWidth),
  ].join(' ');
  if (line.because !== undefined)
    return [text, ...fold(line.because, widthOf(columns) - margin.length).map((part) => margin + paint('dim', part))];
  if (!line.failure) return [text];
  const { error, message, output } = line.failure;
  const hidden = output.length - tailLines;
  return [
    text,
    ...fold(message ? `${error}: ${message}` : error, widthOf(columns) - margin.length).map(
      (part) => margin + paint('red', part),
    ),
    ...(hidden > 0 ? [margin + paint('dim', `│ … ${hidden} lines before these`)] : []),
    ...output
      .slice(-tailLines)
      .flatMap((part) => fold(part, widthOf(columns) - margin.length - 2))
      .map((part) => `${margin}${paint('dim', '│')} ${part}`),
  ];
}

interface ScreenOptions {
  terminal: Pick<Terminal, 'columns' | 'isTTY' | 'colour'>;
  write: (text: string) => void;
  /** Milliseconds since the epoch (simulated on a simulated AWS), and real milliseconds since the program started. */
  now: () => number;
  real: () => number;
  /** The line below the running work, given the milliseconds since the start. */
  below: (ms: number) => string;
  /** Whether plain output also reports the entry of a state, for a user who waits for it. */
  entering?: boolean;
}

export interface Screen {
  /** @param who The variant whose build has the event, if several are shown. */
  take(event: HistoryEvent, path: EventPath, who?: string): void;
  /** Prints a line that is not about a state of the build. */
  note(text: string): void;
  /** Redraws the running work, because its durations have grown. */
  tick(): void;
  end(): void;
}

const frameMs = 40;
const blockLines = 20;

/**
 * Shows progress as it happens. Lines report ended work; on a terminal, a block below them shows running work and is rewritten in
 * place. (log-update would do that for 37 ms of start-up and 16 packages.)
 */
export function createScreen({ terminal, write, now, real, below, entering = false }: ScreenOptions): Screen {
  const all = createProgressOfAll();
  const paint = painter(terminal);
  const live = terminal.isTTY && terminal.columns >= narrowest;
  let pending: string[] = [];
  let block: string[] = [];
  let drawnAt = -Infinity;

  const text = (line: Line): string[] => draw(line, all.startedAt(), now(), terminal);

  function frame(last = false): void {
    drawnAt = real();
    const erase = block.length > 0 ? `\x1b[${block.length}A\x1b[J` : '';
    block = last || !live ? [] : running();
    const output = erase + [...pending, ...block].map((line) => `${line}\n`).join('');
    pending = [];
    if (output) write(output);
  }

  function running(): string[] {
    const lines = all.running();
    if (lines.length === 0) return [];
    const hidden = lines.length - blockLines;
    return [
      ...lines.slice(0, blockLines).flatMap(text),
      ...(hidden > 0 ? [`${margin}and ${hidden} more`] : []),
      `${margin}${paint('dim', below(now() - all.startedAt()))}`,
    ];
  }

  return {
    take(event, path, who = '') {
      const lines = all.take(event, path, who).filter(({ mark }) => mark !== 'running' || (entering && !live));
      // For begun work, use the time of its beginning, because the event may arrive seconds later
      pending.push(...lines.flatMap((line) => draw(line, all.startedAt(), line.since, terminal)));
      // A terminal that is rewritten hundreds of times a second only flickers
      if (!live || real() - drawnAt >= frameMs) frame();
    },
    note(text) {
      pending.push(...fold(text, widthOf(terminal.columns) - margin.length).map((part) => margin + paint('dim', part)));
      frame();
    },
    tick: () => frame(),
    end: () => frame(true),
  };
}
