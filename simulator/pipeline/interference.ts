import type { EventPath, Execution } from '../states/step-functions.ts';

/** One attempt of one call on its way to the simulated AWS. */
export interface InterferedCall {
  /** The function that makes it, and what it was invoked with. */
  by?: string;
  payload?: unknown;
  service: string;
  action: string;
  account: string;
  region: string;
  /** The how manieth attempt of a call `by` makes since the simulation began, retries and heartbeats counted. */
  ordinal: number;
}

/**
 * What becomes of a call. `before`, `after`: the connection drops before, or after, it takes effect. `dropped`: it is answered
 * as if all were well and never takes effect (for calls whose answer is empty, such as SendTaskSuccess). Else AWS answers
 * with this error code, and the call takes effect or not.
 */
export type Interfered = 'before' | 'after' | 'dropped' | { error: string; message?: string; effect: boolean };

/** Everything a test can do to the pipeline from outside, by code; what a hook leaves undefined goes its usual way. */
export interface Interference {
  /**
   * Stands in for Lambda: returns or throws what Step Functions gets. `attempt` counts the runs of the stage since the
   * simulation began. Settling before `run` does kills the sandbox: what it calls from then on never reaches AWS.
   */
  invoke?: (stage: string, attempt: number, run: () => Promise<unknown>, payload: unknown) => Promise<unknown>;
  call?: (call: InterferedCall) => Interfered | undefined;
  /** Whether the execution ends the moment a state is entered: stopped by somebody, or out of time. `visit` counts entries of that state. */
  enter?: (
    state: string,
    visit: number,
    where: { execution: Execution; path: EventPath },
  ) => 'ABORTED' | 'TIMED_OUT' | undefined;
}

const lambdaFailure = (name: string, message: string) => Object.assign(new Error(message), { name });

/** As Lambda reports a function whose process ended. */
export const crash = (): Error =>
  lambdaFailure(
    'Runtime.ExitError',
    'RequestId: 00000000-0000-4000-8000-000000000000 Error: Runtime exited without providing a reason',
  );

/** As Lambda reports a function that ran out of its own time. */
export const timeOut = (seconds: number): Error =>
  lambdaFailure(
    'Sandbox.Timedout',
    `RequestId: 00000000-0000-4000-8000-000000000000 Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  );

/** Lambda's word for a failure of its own. */
export const unknown = (): Error =>
  lambdaFailure(
    'Lambda.Unknown',
    'The cause could not be determined because Lambda did not return an error type. Returned payload: {}',
  );
