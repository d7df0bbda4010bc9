import type { Json } from './definition.ts';
import { HISTORY_LIMIT, type Execution } from './history.ts';

/**
 * The position of a thread of control. If its execution ends without success, a redrive continues here. AWS runs the unsuccessful
 * state again with the same input; inside a Map or Parallel, it runs the unsuccessful iterations or branches again
 * (https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html).
 */
export interface Position {
  /** The current state as it was entered; `event` is the id of the entry event. */
  at?: { name: string; input: Json; enteredTime: string; event: number };
  /** For a Map or Parallel: the position of each iteration or branch, or its output. Those that have not begun are absent. */
  inner?: (Position | { output: Json } | undefined)[] | undefined;
}

const DAY = 24 * 3600 * 1000;

/** The reason why RedriveExecution refuses an execution, in the words of `redriveStatusReason`; undefined if it accepts. */
export function whyNotRedrivable(execution: Execution, now: number): string | undefined {
  const { status, startDate, stopDate, history } = execution;
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  if (history.length >= HISTORY_LIMIT - 1) return 'Execution history event limit exceeded';
  if (now - startDate.getTime() > 365 * DAY) return 'Execution has exceeded the max execution time';
  if (now - (stopDate ?? startDate).getTime() > 14 * DAY) return 'Execution redrivable period exceeded';
  return undefined;
}

/** `redriveStatus` and its reason, as in DescribeExecution and the status change event. */
export function redriveStatus(execution: Execution, now: number) {
  const reason = whyNotRedrivable(execution, now);
  return reason === undefined
    ? { redriveStatus: 'REDRIVABLE' }
    : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: reason };
}
