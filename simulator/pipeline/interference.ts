import type { EventFate } from '../aws/events/event-bus.ts';
import type { Occurrence } from '../aws/events/events.ts';
import type { Clock } from '../clock.ts';
import type { EventPath } from '../../core/build/event-paths.ts';
import type { Execution } from '../states/step-functions.ts';

/** One attempt of one call on its way to the simulated AWS. */
export interface InterferedCall {
  /** The calling function, and its input. */
  by?: string;
  payload?: unknown;
  service: string;
  action: string;
  account: string;
  region: string;
  /**
   * The number of this attempt among the attempts of calls by `by` since the simulation began, including retries and heartbeats.
   */
  ordinal: number;
}

/**
 * The effect on a call. `before`, `after`: the connection drops before, or after, the call takes effect. `dropped`: the answer
 * reports success but the call never takes effect (for calls with an empty answer, such as SendTaskSuccess). Otherwise AWS
 * answers with this error code, and `effect` says whether the call takes effect.
 */
export type Interfered = 'before' | 'after' | 'dropped' | { error: string; message?: string; effect: boolean };

/** A test's interference with the pipeline from outside, in code. If a hook returns undefined, nothing is changed. */
export interface Interference {
  /**
   * Stands in for Lambda: it returns or throws the result for Step Functions. `attempt` counts the runs of the stage since the
   * simulation began. If it settles before `run` does, the sandbox is killed, and later calls of that run never reach AWS.
   * A hook that takes time sleeps on `clock`.
   */
  invoke?: (
    stage: string,
    attempt: number,
    run: () => Promise<unknown>,
    payload: unknown,
    clock: Clock,
  ) => Promise<unknown>;
  call?: (call: InterferedCall) => Interfered | undefined;
  /** Called when AWS emits an event. */
  event?: (event: Occurrence) => EventFate | undefined;
  /** Ends the execution when it enters a state, as a stop by a user or a timeout would. `visit` counts entries of that state. */
  enter?: (
    state: string,
    visit: number,
    where: { execution: Execution; path: EventPath },
  ) => 'ABORTED' | 'TIMED_OUT' | undefined;
}

const lambdaFailure = (name: string, message: string) => Object.assign(new Error(message), { name });

/** Lambda's report on a function whose process ended. */
export const crash = (): Error =>
  lambdaFailure(
    'Runtime.ExitError',
    'RequestId: 00000000-0000-4000-8000-000000000000 Error: Runtime exited without providing a reason',
  );

/** Lambda's report on a function that timed out. */
export const timeOut = (seconds: number): Error =>
  lambdaFailure(
    'Sandbox.Timedout',
    `RequestId: 00000000-0000-4000-8000-000000000000 Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  );

/** Lambda's error for an internal failure. */
export const unknown = (): Error =>
  lambdaFailure(
    'Lambda.Unknown',
    'The cause could not be determined because Lambda did not return an error type. Returned payload: {}',
  );
