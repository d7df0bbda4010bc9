import { durationOf } from '../core/duration.ts';
import { failureMessage } from '../core/failure.ts';
import type { EventPath, HistoryEvent } from '../simulator/states/history.ts';
import { painter, type Terminal } from './terminal.ts';

/** What each Task and Map state of build-image is for, to somebody who watches it for the first time. */
export const purposes: Record<string, string> = {
  Resolve: 'recipe and source image become a build plan',
  Launch: 'a builder instance that only SSM can reach',
  AwaitBuilder: 'its SSM agent is online',
  Provision: 'the steps of the recipe',
  Seal: 'the builder stops, so that its disks stand still',
  CreateImage: 'an AMI of the builder',
  AwaitImage: 'the AMI and its snapshots are complete',
  LaunchCandidate: 'a fresh instance of that AMI',
  AwaitCandidate: 'its SSM agent is online',
  Check: 'the checks of the recipe',
  TerminateCandidate: 'it has told all it knows',
  Distribute: 'the AMI goes to every target',
  CopyImage: 'a copy, under the key of the region',
  AwaitCopy: 'the copy is complete',
  GrantPermissions: 'accounts and organizations may launch it',
  Verify: 'every target is read back and found right',
  Publish: 'the channel points at the image in every region',
  CleanUp: 'builder, candidate and their volumes are gone',
  Compensate: 'what the build made is taken back',
  RecordFailure: 'the manifest tells what happened',
};

/** One line of progress: a visit of a state, or an iteration of a Map, that is running or has ended. */
export interface Line {
  mark: 'running' | 'done' | 'failed' | 'stopped';
  label: string;
  what: string;
  /** Simulated milliseconds since the epoch: when it began, and when it ended if it has. */
  since: number;
  until?: number;
  failure?: { error: string; message: string; output: string[] };
}

interface Visit {
  label: string;
  what: string;
  since: number;
  /** A step of Provision or Check is one line, however many states it takes. */
  step: boolean;
  failed?: { error: string; cause: string };
  retried: string[];
}

/** Progress as far as the events tell. Waits look again at every heartbeat, which is no news and makes no line. */
export function createProgress() {
  const visits = new Map<string, Visit>();
  const lengths = new Map<string, number>();
  let startedAt = 0;

  function enter(key: string, event: HistoryEvent, path: EventPath): Line[] {
    if (visits.get(key)?.step) return [];
    const visit = { ...titles(event, path), since: event.timestamp.getTime(), retried: [] };
    visits.set(key, visit);
    return [lineOf(visit, 'running')];
  }

  function titles(event: HistoryEvent, { map: [around] = [] }: EventPath): Pick<Visit, 'label' | 'what' | 'step'> {
    const { name: state = '', input } = details(event);
    const purpose = purposes[state] ?? '';
    if (!around) return { label: state, what: purpose, step: false };
    const { region, name = state } = itemIn(input);
    if (region)
      return { label: `${around.state} ${region}`, what: `${state.padEnd(17)} ${purpose}`.trimEnd(), step: false };
    return { label: `${around.state} ${around.index + 1}/${lengths.get(around.state) ?? '?'}`, what: name, step: true };
  }

  function leave(key: string, { timestamp }: HistoryEvent, mark: Line['mark']): Line[] {
    const visit = visits.get(key);
    if (!visit) return [];
    visits.delete(key);
    return [lineOf(visit, mark, timestamp.getTime())];
  }

  function fail(key: string, { error, cause }: { error?: string; cause?: string }): void {
    const visit = visits.get(key);
    if (visit) visit.failed = { error: error ?? 'States.TaskFailed', cause: cause ?? '' };
  }

  /** Takes in one event and answers with a line for what it begins or ends. */
  function take(event: HistoryEvent, path: EventPath): Line[] {
    const key = keyOf(path);
    const visit = visits.get(key);
    switch (event.type) {
      case 'ExecutionStarted':
        startedAt = event.timestamp.getTime();
        return [];
      case 'MapStateStarted':
        lengths.set(path.state ?? '', details(event).length ?? 0);
        return [];
      case 'TaskStateEntered':
        return enter(key, event, path);
      case 'TaskScheduled':
        if (visit?.failed) {
          if (visit.failed.error !== 'States.Timeout') visit.retried.push(visit.failed.error);
          delete visit.failed;
        }
        return [];
      case 'TaskFailed':
      case 'TaskTimedOut':
        fail(key, details(event));
        return [];
      case 'TaskStateExited':
        if (visit?.failed) return leave(key, event, 'failed');
        return visit?.step ? [] : leave(key, event, 'done');
      case 'MapIterationSucceeded':
        return leave(key, event, 'done');
      case 'MapIterationFailed':
        return leave(key, event, 'failed');
      case 'MapIterationAborted':
        return leave(key, event, 'stopped');
      case 'ExecutionFailed':
      case 'ExecutionTimedOut':
      case 'ExecutionAborted':
        return [...visits.keys()].flatMap((open) => {
          if (!visits.get(open)?.failed) fail(open, details(event));
          return leave(open, event, 'failed');
        });
      default:
        return [];
    }
  }

  return {
    take,
    startedAt: () => startedAt,
    /** What is going on, one line for each running state, step or region. */
    running: (): Line[] => [...visits.values()].map((visit) => lineOf(visit, 'running')),
  };
}

/** All lines that the events of an execution so far come to, the running ones last. */
export function progressLines(events: { event: HistoryEvent; path: EventPath }[]): Line[] {
  const progress = createProgress();
  const lines = events.flatMap(({ event, path }) => progress.take(event, path));
  return [...lines.filter(({ mark }) => mark !== 'running'), ...progress.running()];
}

function lineOf({ label, what, since, failed, retried }: Visit, mark: Line['mark'], until?: number): Line {
  const again = retried.length > 0 ? ` (again after ${[...new Set(retried)].join(', ')}${times(retried.length)})` : '';
  return {
    mark,
    label,
    what: what + again,
    since,
    ...(until !== undefined && { until }),
    ...(mark === 'failed' && failed && { failure: explain(failed) }),
  };
}

const times = (count: number) => (count > 1 ? `, ${count} times` : '');

/** The message starts with what happened and may go on with the end of a command's output. */
function explain({ error, cause }: { error: string; cause: string }): NonNullable<Line['failure']> {
  const [message = '', ...output] = failureMessage({ Error: error, Cause: cause }).trimEnd().split('\n');
  return { error, message, output };
}

const keyOf = ({ map, state }: EventPath) => (map?.[0] ? `${map[0].state}[${map[0].index}]` : (state ?? ''));

function details(event: HistoryEvent): {
  name?: string;
  input?: string;
  length?: number;
  error?: string;
  cause?: string;
} {
  const key = Object.keys(event).find((name): name is `${string}EventDetails` => name.endsWith('EventDetails'));
  return (key && event[key]) ?? {};
}

/** What tells the iterations of a Map apart: ItemSelector puts it into the input of their states. */
function itemIn(input = '{}'): { region?: string; name?: string } {
  const { region, name } = JSON.parse(input) as Record<string, unknown>;
  return { ...(typeof region === 'string' && { region }), ...(typeof name === 'string' && { name }) };
}

// --- drawing ---

type Sheet = Pick<Terminal, 'columns' | 'colour'>;

const widest = 100; // further right, a duration is hard to match with its state
const marks = { running: ['cyan', '●'], done: ['green', '✓'], failed: ['red', '✗'], stopped: ['yellow', '–'] } as const;
const clockWidth = 9;
const labelWidth = 26;
const tookWidth = 9;
const margin = ' '.repeat(clockWidth + 6); // clock, mark and the spaces around them
const tailLines = 20;

const widthOf = (columns: number) => Math.min(columns - 1, widest);
const whatWidth = (columns: number) => Math.max(12, widthOf(columns) - margin.length - labelWidth - tookWidth - 2);

/** `1:02:03` since the start. */
function clockText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

const took = (ms: number) => durationOf(Math.round(ms / 1000));
const cut = (text: string, width: number) =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

export function heading({ columns, colour }: Sheet): string {
  const titles = [
    `  ${'simulated'.padStart(clockWidth)}   `,
    'state'.padEnd(labelWidth),
    ' '.repeat(whatWidth(columns)),
    'took'.padStart(tookWidth),
  ];
  return painter({ colour })('dim', titles.join(' '));
}

/** A line as text: when it ended (or now), how it stands, what it is, how long it took; below it, why it failed. */
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
  if (!line.failure) return [text];
  const { error, message, output } = line.failure;
  const hidden = output.length - tailLines;
  return [
    text,
    ...fold(message ? `${error}: ${message}` : error, widthOf(columns) - margin.length).map(
      (part) => margin + paint('red', part),
    ),
    ...(hidden > 0 ? [margin + paint('dim', `│ … ${hidden} lines before these`)] : []),
    ...output.slice(-tailLines).map((part) => `${margin}${paint('dim', '│')} ${part}`),
  ];
}

/** Breaks between words; nothing is lost, for a message is worth its lines. */
function fold(text: string, width: number): string[] {
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

export interface ScreenOptions {
  terminal: Pick<Terminal, 'columns' | 'isTTY' | 'colour'>;
  write: (text: string) => void;
  /** Simulated and real milliseconds. */
  simulated: () => number;
  real: () => number;
  /** Whether plain output tells of entering a state too, for one who waits for it. */
  entering?: boolean;
}

const frameMs = 40;
const blockLines = 20;

/**
 * Shows progress while it happens: lines of what has ended, and on a terminal below them a block of what is running,
 * which is rewritten in place. (log-update does that too, for 37 ms of start-up and 16 packages.)
 */
export function createScreen({ terminal, write, simulated, real, entering = false }: ScreenOptions) {
  const progress = createProgress();
  const paint = painter(terminal);
  const began = real();
  let pending: string[] = [];
  let block: string[] = [];
  let drawnAt = -Infinity;

  const text = (line: Line): string[] => draw(line, progress.startedAt(), simulated(), terminal);

  function frame(last = false): void {
    drawnAt = real();
    const erase = block.length > 0 ? `\x1b[${block.length}A\x1b[J` : '';
    block = last || !terminal.isTTY ? [] : running();
    const output = erase + [...pending, ...block].map((line) => `${line}\n`).join('');
    pending = [];
    if (output) write(output);
  }

  function running(): string[] {
    const lines = progress.running();
    const hidden = lines.length - blockLines;
    const times = `${took(simulated() - progress.startedAt())} simulated in ${((real() - began) / 1000).toFixed(1)}s`;
    return [
      ...lines.slice(0, blockLines).flatMap(text),
      ...(hidden > 0 ? [`${margin}and ${hidden} more`] : []),
      `${margin}${paint('dim', times)}`,
    ];
  }

  return {
    take(event: HistoryEvent, path: EventPath): void {
      const lines = progress
        .take(event, path)
        .filter(({ mark }) => mark !== 'running' || (entering && !terminal.isTTY));
      pending.push(...lines.flatMap(text));
      // A terminal that is rewritten hundreds of times a second only flickers
      if (!terminal.isTTY || real() - drawnAt >= frameMs) frame();
    },
    /** Draws what runs again, for the time it takes has grown. */
    tick: () => frame(),
    end: () => frame(true),
  };
}
