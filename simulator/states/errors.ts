/** The limit of Step Functions for any input, result or output: 256 KiB of UTF-8. */
export const PAYLOAD_LIMIT = 262_144;

/** An error that a state reports. AWS shows `error` and `cause`; both can be missing (a Fail state without them). */
export class StateError extends Error {
  readonly error: string | undefined;
  readonly reason: string | undefined;
  /** A second name by which Retry and Catch match this error. */
  readonly alias: string | undefined;
  constructor(error: string | undefined, cause?: string, alias?: string) {
    // Nobody sees its stack: an execution shows only its error and its cause.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(cause ?? error ?? 'The state failed.');
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'StateError';
    this.error = error;
    this.reason = cause;
    this.alias = alias;
  }
}

/** `States.Runtime`: AWS's error for a path, parameter, choice or intrinsic function that cannot be evaluated. */
export class RuntimeFailure extends StateError {
  constructor(cause: string) {
    super('States.Runtime', cause);
  }
}

/**
 * Whether an `ErrorEquals` list names this error.
 * States.Runtime always fails the execution. States.ALL leaves out States.DataLimitExceeded
 * (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
 * A missed heartbeat shows as States.Timeout but is known to Retry and Catch as States.HeartbeatTimeout as well
 * (recorded on AWS: localstack tests/aws/services/stepfunctions/v2/timeouts/test_heartbeats.snapshot.json; aws-cdk issue 16084).
 */
export function matches(names: string[], { error, alias }: StateError): boolean {
  if (error === 'States.Runtime') return false;
  if ((error !== undefined && names.includes(error)) || (alias !== undefined && names.includes(alias))) return true;
  return names.includes('States.ALL') && error !== 'States.DataLimitExceeded';
}
