import type { Json } from './definition.ts';
import { HISTORY_LIMIT, type Execution } from './history.ts';
import type { Variables } from './values/variables.ts';

/**
 * How far a thread of control has come. Where its execution ends without success, a redrive goes on from here: AWS runs the
 * unsuccessful state again with the input it had, inside a Map or Parallel those of the iterations or branches that did not
 * succeed (https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html).
 */
export interface Position {
  variables: Variables;
  /** The state it is in, as it was entered; `event` is the id of the event that tells so. */
  at?: { name: string; input: Json; enteredTime: string; event: number };
  /** Where that is a Map or Parallel: how far each iteration or branch has come, or its output. Absent ones have not begun. */
  inner?: (Position | { output: Json } | undefined)[] | undefined;
}

const DAY = 24 * 3600 * 1000;

/** Why RedriveExecution refuses an execution, in the words of `redriveStatusReason`; undefined where it does not. */
export function whyNotRedrivable(execution: Execution, now: number): string | undefined {
  const { status, startDate, stopDate, history } = execution;
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  if (history.length >= HISTORY_LIMIT - 1) return 'Execution history event limit exceeded';
  if (now - startDate.getTime() > 365 * DAY) return 'Execution has exceeded the max execution time';
  if (now - (stopDate ?? startDate).getTime() > 14 * DAY) return 'Execution redrivable period exceeded';
  return undefined;
}

/** `redriveStatus` and its reason, as DescribeExecution and the status change event have them. */
export function redriveStatus(execution: Execution, now: number) {
  const reason = whyNotRedrivable(execution, now);
  return reason === undefined
    ? { redriveStatus: 'REDRIVABLE' }
    : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: reason };
}
