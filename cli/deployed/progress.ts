import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { failureMessage } from '../../core/report/failure.ts';
import type { EventPath, HistoryEvent } from '../../simulator/states/history.ts';

interface States {
  States: Record<string, { Type: string; Comment?: string; ItemProcessor?: States; Branches?: States[] }>;
}

/** The purposes of all Task and Map states of a machine: the first sentence of each state's Comment, in lower case. */
export const purposesIn = ({ States }: States): Record<string, string> =>
  Object.assign(
    {},
    ...Object.entries(States).map(([name, { Type, Comment = '', ItemProcessor, Branches = [] }]) => {
      const [first = ''] = Comment.split('. ');
      const own = Type === 'Task' || Type === 'Map' ? { [name]: first.charAt(0).toLowerCase() + first.slice(1) } : {};
      const inner = Object.assign(
        {},
        ...Branches.map(purposesIn),
        ItemProcessor && purposesIn(ItemProcessor),
      ) as object;
      return { ...own, ...inner };
    }),
  ) as Record<string, string>;

let known: Record<string, string> | undefined;

/** The purpose of a state of build-image, for a first-time reader. The machine's definition has it. */
function purposeOf(state: string): string {
  const file = join(process.env['GOLDEN_ROOT'] ?? '.', 'statemachines/build-image.asl.json');
  known ??= purposesIn(JSON.parse(readFileSync(file, 'utf8')) as States);
  return known[state] ?? '';
}

/** One line of progress: one visit of a state, or one iteration of a Map, running or ended. */
export interface Line {
  mark: 'running' | 'done' | 'left' | 'failed' | 'stopped';
  label: string;
  what: string;
  /** When it began and, if it has ended, when it ended. Simulated milliseconds since the epoch. */
  since: number;
  until?: number;
  failure?: { error: string; message: string; output: string[] };
}

interface Visit {
  label: string;
  /** The step's name, or the current state of a region. */
  subject: string;
  purpose: string;
  since: number;
  /** A step of Provision or Check gets one line for all its states. */
  step: boolean;
  failed?: { error: string; cause: string };
  /** The number of things that a clean-up could not remove. */
  left?: number;
  retried: string[];
}

/** The progress that the events show. A waiting state that looks again at each heartbeat brings no news and adds no line. */
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

  function titles(event: HistoryEvent, { map: [around] = [] }: EventPath): Omit<Visit, 'since' | 'retried'> {
    const { name: state = '', input } = details(event);
    const purpose = purposeOf(state);
    if (!around) return { label: state, subject: '', purpose, step: false };
    const { region, name = state } = itemIn(input);
    if (region) return { label: `${around.state} ${region}`, subject: state.padEnd(17), purpose, step: false };
    const number = `${around.index + 1}/${lengths.get(around.state) ?? '?'}`;
    return { label: `${around.state} ${number}`, subject: name, purpose: '', step: true };
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

  /** Takes in one event and returns a line for the visit or iteration that begins or ends with it. */
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
          // A look that is repeated has not failed.
          if (!/^(States\.Timeout|NotYet)$/.test(visit.failed.error)) visit.retried.push(visit.failed.error);
          delete visit.failed;
        }
        return [];
      case 'TaskSucceeded':
        if (visit) visit.left = leftIn(details(event).output);
        return [];
      case 'TaskFailed':
      case 'TaskTimedOut':
        fail(key, details(event));
        return [];
      case 'TaskStateExited':
        if (visit?.failed) return leave(key, event, 'failed');
        return visit?.step ? [] : leave(key, event, visit?.left ? 'left' : 'done');
      case 'MapIterationSucceeded':
        return leave(key, event, 'done');
      case 'MapIterationFailed':
        return leave(key, event, 'failed');
      case 'MapIterationAborted':
        return leave(key, event, 'stopped');
      case 'ParallelStateFailed':
        // The machine has one Parallel at a time, so all open visits are inside it. What did not fail was stopped.
        return [...visits.keys()].flatMap((open) =>
          leave(open, event, visits.get(open)?.failed ? 'failed' : 'stopped'),
        );
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
    /** The running work: one line for each running state, step or region. */
    running: (): Line[] =>
      [...visits]
        .toSorted(([one], [other]) => one.localeCompare(other, 'en', { numeric: true })) // regions keep their places
        .map(([, visit]) => lineOf(visit, 'running')),
  };
}

/** All lines for the events of an execution so far, the running ones last. */
export function progressLines(events: { event: HistoryEvent; path: EventPath }[]): Line[] {
  const progress = createProgress();
  const lines = events.flatMap(({ event, path }) => progress.take(event, path));
  return [...lines.filter(({ mark }) => mark !== 'running'), ...progress.running()];
}

function lineOf(visit: Visit, mark: Line['mark'], until?: number): Line {
  const { label, subject, purpose, since, failed, retried, left } = visit;
  const said = left ? `${left} ${left === 1 ? 'thing is' : 'things are'} left behind` : purpose;
  return {
    mark,
    label,
    // The reason for a long time is more useful than the purpose of the state
    what: [subject, retried.length > 0 && !left ? again(retried) : said].filter(Boolean).join(' '),
    since,
    ...(until !== undefined && { until }),
    ...(mark === 'failed' && failed && { failure: explain(failed) }),
  };
}

function again(errors: string[]): string {
  const counts = new Map<string, number>();
  for (const error of errors) counts.set(error, (counts.get(error) ?? 0) + 1);
  return `again after ${[...counts].map(([error, count]) => (count > 1 ? `${count} × ${error}` : error)).join(', ')}`;
}

/** The message starts with what happened and may continue with the end of a command's output. */
function explain({ error, cause }: { error: string; cause: string }): NonNullable<Line['failure']> {
  // A command's output must not control the reader's terminal
  const text = stripVTControlCharacters(failureMessage({ Error: error, Cause: cause })).replaceAll('\r', '');
  const [message = '', ...output] = text.trimEnd().split('\n');
  return { error, message, output };
}

const keyOf = ({ map, state }: EventPath) => (map?.[0] ? `${map[0].state}[${map[0].index}]` : (state ?? ''));

function details(event: HistoryEvent): {
  name?: string;
  input?: string;
  output?: string;
  length?: number;
  error?: string;
  cause?: string;
} {
  const key = Object.keys(event).find((name): name is `${string}EventDetails` => name.endsWith('EventDetails'));
  return (key && event[key]) ?? {};
}

/** CleanUp returns how many things it leaves behind; Compensate returns which. */
function leftIn(output = '{}'): number {
  const { left } = (JSON.parse(output) ?? {}) as { left?: unknown };
  return Array.isArray(left) ? left.length : Number(left ?? 0);
}

/** The key that distinguishes the iterations of a Map. ItemSelector puts it into the input of their states. */
function itemIn(input = '{}'): { region?: string; name?: string } {
  const { region, name } = JSON.parse(input) as Record<string, unknown>;
  return { ...(typeof region === 'string' && { region }), ...(typeof name === 'string' && { name }) };
}
