/** Who calls an action, as AWS knows it from the credentials and the endpoint. */
export interface Caller {
  account: string;
  region: string;
}

/**
 * One simulated AWS API action: SDK command input in, SDK command output out (SDK v3 shapes; dates are Date objects).
 * It must refuse a parameter it does not implement: nothing is ignored in silence.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Action = (input: any, caller: Caller) => unknown;

/** The simulated actions of one service by their AWS name (`CopyImage`, `SendCommand`, …). */
export type Actions = Record<string, Action>;

/** An answer of AWS that is an error. `code` is AWS's own error code, `status` the HTTP status the service uses for it. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/** No answer at all: the connection was dropped. In the shape in which the SDK's HTTP handler throws it, and retries. */
export class ConnectionLost extends Error {
  readonly code: string;
  constructor(code = 'ECONNRESET') {
    super(`read ${code}`);
    this.name = 'TimeoutError';
    this.code = code;
  }
}
