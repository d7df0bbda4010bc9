import type { EventPath } from '../../core/build/event-paths.ts';
import { RuntimeFailure } from './errors.ts';

/** One entry of GetExecutionHistory, in the SDK's shape. */
export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: Date;
  type: string;
  [details: `${string}EventDetails`]: Record<string, unknown>;
}

type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface Execution {
  arn: string;
  name: string;
  stateMachineArn: string;
  status: ExecutionStatus;
  startDate: Date;
  stopDate?: Date;
  redriveCount: number;
  redriveDate?: Date;
  input: string;
  output?: string;
  error?: string;
  cause?: string;
  history: HistoryEvent[];
}

/** The most events of a history. The event that would exceed this limit ends the execution. */
export const HISTORY_LIMIT = 25_000;

/** One thread of the history. Each event of a branch follows the branch's previous event. */
export interface Trail {
  last: number;
  path: EventPath;
}

export type Listener = (execution: Execution, event: HistoryEvent, path: EventPath) => void;

/** Writes an execution's history. */
export class Journal {
  readonly execution: Execution;
  readonly #now: () => number;
  readonly #listeners: Iterable<Listener>;
  constructor(execution: Execution, now: () => number, listeners: Iterable<Listener>) {
    this.execution = execution;
    this.#now = now;
    this.#listeners = listeners;
  }

  /** Appends an event to the trail; fails the execution once the history is full. */
  record(trail: Trail, type: string, details?: Record<string, unknown>): number {
    if (this.execution.history.length >= HISTORY_LIMIT - 1)
      throw new RuntimeFailure(`The execution reached the maximum number of history events (${HISTORY_LIMIT}).`);
    return this.close(trail, type, details);
  }

  /** Like `record`, for the event that ends the execution. It is never refused for lack of room. */
  close(trail: Trail, type: string, details?: Record<string, unknown>): number {
    const { history } = this.execution;
    const event: HistoryEvent = {
      id: history.length + 1,
      previousEventId: trail.last,
      timestamp: new Date(this.#now()),
      type,
    };
    if (details) event[`${detailsName(type)}EventDetails`] = details;
    history.push(event);
    // The first state's previousEventId is 0 on AWS, although ExecutionStarted has the id 1.
    trail.last = type === 'ExecutionStarted' ? 0 : event.id;
    for (const listener of this.#listeners) listener(this.execution, event, { ...trail.path });
    return event.id;
  }
}

function detailsName(type: string): string {
  if (type.endsWith('StateEntered')) return 'stateEntered';
  if (type.endsWith('StateExited')) return 'stateExited';
  return type.charAt(0).toLowerCase() + type.slice(1);
}
