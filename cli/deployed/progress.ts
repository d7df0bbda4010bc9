import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { failureMessage } from '../../core/report/failure.ts';
import type { SkippedStep } from '../../core/guest/steps/applicable-steps.ts';
import type { EventPath } from '../../core/build/event-paths.ts';
import type { HistoryEvent } from '../../simulator/states/history.ts';
import { details, itemIn, resultIn, skippedIn } from '../screen/event-details.ts';

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

const machine = (name: string) =>
  JSON.parse(readFileSync(join(process.env['GOLDEN_ROOT'] ?? '.', `statemachines/${name}.asl.json`), 'utf8')) as States;

/** The machines whose progress is shown. */
export const shownMachines = ['build-image', 'move-channel', 'share-image', 'retire-images', 'archive-image'];

/** The purpose of a state, for a first-time reader. The machine's definition has it. */
function purposeOf(state: string): string {
  known ??= Object.assign({}, ...shownMachines.map((name) => purposesIn(machine(name)))) as Record<string, string>;
  return known[state] ?? '';
}

/** One line of progress: one visit of a state, or one iteration of a Map, running or ended. */
export interface Line {
  mark: 'running' | 'done' | 'left' | 'failed' | 'stopped' | 'skipped';
  label: string;
  what: string;
  /** When it began and, if it has ended, when it ended. Simulated milliseconds since the epoch. */
  since: number;
  until?: number;
  failure?: { error: string; message: string; output: string[] };
  /** Why a step was skipped. */
  because?: string;
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
  /** A step that failed, and after which the build goes on. */
  passed?: boolean;
  retried: string[];
}

const mapOf = { provision: 'Provision', checks: 'Check' };

/** The progress that the events show. A waiting state that looks again at each heartbeat brings no news and adds no line. */
export class Progress {
  readonly #visits = new Map<string, Visit>();
  readonly #lengths = new Map<string, number>();
  #skipped: SkippedStep[] = [];
  #startedAt = 0;

  startedAt(): number {
    return this.#startedAt;
  }

  /** The running work: one line for each running state, step or region. */
  running(): Line[] {
    return [...this.#visits]
      .toSorted(([one], [other]) => one.localeCompare(other, 'en', { numeric: true })) // regions keep their places
      .map(([, visit]) => lineOf(visit, 'running'));
  }

  /** Takes in one event and returns a line for the visit or iteration that begins or ends with it. */
  take(event: HistoryEvent, path: EventPath): Line[] {
    const key = keyOf(path);
    const visit = this.#visits.get(key);
    switch (event.type) {
      case 'ExecutionStarted':
        this.#startedAt = event.timestamp.getTime();
        return [];
      case 'MapStateStarted':
        this.#lengths.set(path.state ?? '', details(event).length ?? 0);
        return this.#skip(path.state ?? '', event.timestamp.getTime());
      case 'TaskStateEntered':
        return this.#enter(key, event, path);
      case 'TaskScheduled':
        if (visit) scheduled(visit);
        return [];
      case 'TaskSucceeded':
        if (visit) Object.assign(visit, resultIn(details(event).output));
        return [];
      case 'TaskFailed':
      case 'TaskTimedOut':
        this.#fail(key, details(event));
        return [];
      case 'TaskStateExited':
        if (path.state === 'Resolve') this.#skipped = skippedIn(details(event).output);
        if (visit?.failed) return this.#leave(key, event, caughtMarks[visit.failed.error] ?? 'failed');
        return visit?.step ? [] : this.#leave(key, event, visit?.left ? 'left' : 'done');
      case 'MapIterationSucceeded':
        return this.#leave(key, event, visit?.passed ? 'left' : 'done');
      case 'MapIterationFailed':
        return this.#leave(key, event, 'failed');
      case 'MapIterationAborted':
        return this.#leave(key, event, 'stopped');
      default:
        return this.#endAll(event);
    }
  }

  /** The steps of a Map that do not apply to the source image, before those that do. */
  #skip(state: string, at: number): Line[] {
    return this.#skipped
      .filter(({ list }) => state === mapOf[list])
      .map(({ name, because }) => {
        return { mark: 'skipped', label: state, what: `${name}: skipped`, because, since: at, until: at };
      });
  }

  #enter(key: string, event: HistoryEvent, path: EventPath): Line[] {
    if (this.#visits.get(key)?.step) return [];
    const visit = { ...titles(event, path, this.#lengths), since: event.timestamp.getTime(), retried: [] };
    this.#visits.set(key, visit);
    return [lineOf(visit, 'running')];
  }

  #leave(key: string, { timestamp }: HistoryEvent, mark: Line['mark']): Line[] {
    const visit = this.#visits.get(key);
    if (!visit) return [];
    this.#visits.delete(key);
    return [lineOf(visit, mark, timestamp.getTime())];
  }

  #fail(key: string, { error, cause }: { error?: string; cause?: string }): void {
    const visit = this.#visits.get(key);
    if (visit) visit.failed = { error: error ?? 'States.TaskFailed', cause: cause ?? '' };
  }

  /** Ends the open visits when the Parallel around them has failed, or the execution. */
  #endAll(event: HistoryEvent): Line[] {
    // The machine has one Parallel at a time, so all open visits are inside it. What did not fail was stopped.
    if (event.type === 'ParallelStateFailed')
      return [...this.#visits].flatMap(([open, { failed }]) => this.#leave(open, event, failed ? 'failed' : 'stopped'));
    if (!/^Execution(Failed|TimedOut|Aborted)$/.test(event.type)) return [];
    return [...this.#visits].flatMap(([open, { failed }]) => {
      if (!failed) this.#fail(open, details(event));
      return this.#leave(open, event, 'failed');
    });
  }
}

export const createProgress = (): Progress => new Progress();

/** A call that follows a failed one. A look that is repeated has not failed. */
function scheduled(visit: Visit): void {
  const { failed, retried } = visit;
  if (failed && !/^(States\.Timeout|NotYet)$/.test(failed.error)) retried.push(failed.error);
  delete visit.failed;
}

function titles(
  event: HistoryEvent,
  { map: [around] = [] }: EventPath,
  lengths: ReadonlyMap<string, number>,
): Omit<Visit, 'since' | 'retried'> {
  const { name: state = '', input } = details(event);
  const purpose = purposeOf(state);
  if (!around) return { label: state, subject: '', purpose, step: false };
  const { place, name = state } = itemIn(input);
  if (place) return { label: `${around.state} ${place}`, subject: state.padEnd(17), purpose, step: false };
  const number = `${around.index + 1}/${lengths.get(around.state) ?? '?'}`;
  return { label: `${around.state} ${number}`, subject: name, purpose: '', step: true };
}

/** All lines for the events of an execution so far, the running ones last. */
export function progressLines(events: { event: HistoryEvent; path: EventPath }[]): Line[] {
  const progress = createProgress();
  const lines = events.flatMap(({ event, path }) => progress.take(event, path));
  return [...lines.filter(({ mark }) => mark !== 'running'), ...progress.running()];
}

const slow = 'the copy is slower than usual';

const caughtMarks: Record<string, Line['mark']> = { CopySlow: 'done', StepFailed: 'left' };

/** What is to be said of a visit beside its purpose. */
function saidOf({ left, failed, passed, purpose }: Visit): string {
  if (left) return `${left} ${left === 1 ? 'thing is' : 'things are'} left behind`;
  if (passed) return 'failed, and the build goes on';
  if (failed?.error === 'StepFailed') return 'failed, which does not end the build';
  return failed?.error === 'CopySlow' ? slow : purpose;
}

function lineOf(visit: Visit, mark: Line['mark'], until?: number): Line {
  const { label, subject, since, failed, retried, left } = visit;
  return {
    mark,
    label,
    // The reason for a long time is more useful than the purpose of the state
    what: [subject, retried.length > 0 && !left ? again(retried) : saidOf(visit)].filter(Boolean).join(' '),
    since,
    ...(until !== undefined && { until }),
    ...((mark === 'failed' || failed?.error === 'StepFailed') && failed && { failure: explain(failed) }),
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
