import type { Clock } from '../../clock.ts';

/** One run of a function. After its sandbox is killed, none of its calls reaches AWS. */
export interface FunctionRun {
  name: string;
  payload: unknown;
  /** The run's own clock: what the run waits for is waited on it. */
  clock: Clock;
  killed?: boolean;
}

/** Credentials that STS gave for a role. */
export interface Session {
  /** ARN of the role. */
  role: string;
  /** The only actions that the session may use, if its policy says so. */
  actions?: readonly string[] | undefined;
  /** Virtual milliseconds since the epoch. */
  until: number;
}

/** The caller of an action, which AWS knows from the credentials and the endpoint. */
export interface Caller {
  account: string;
  region: string;
  /** Absent for the account's own users and functions. */
  session?: Session;
  /** The simulator also knows which run of a function calls. */
  run?: FunctionRun;
}

/**
 * One simulated AWS API action. It takes the input of an SDK command and returns its output (SDK v3 shapes; dates are Date
 * objects). It must refuse a parameter that it does not implement: nothing is silently ignored.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Action = (input: any, caller: Caller) => unknown;

/** The simulated actions of one service by their AWS name (`CopyImage`, `SendCommand`, …). */
export type Actions = Record<string, Action>;

/** What `make` returns, made without a stack trace. A trace costs more than all else of an error. */
export function withoutStack<T>(make: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** An error answer of AWS. `code` is AWS's own error code; `status` is the service's HTTP status for it. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    // Nobody sees its stack: the SDK's exception takes its place.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/** The connection was dropped without an answer. The SDK's HTTP handler throws an error of this shape, and the SDK retries it. */
export class ConnectionLost extends Error {
  readonly code: string;
  constructor(code = 'ECONNRESET') {
    super(`read ${code}`);
    this.name = 'TimeoutError';
    this.code = code;
  }
}
