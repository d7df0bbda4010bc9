import type { Json, State } from './definition.ts';
import { PAYLOAD_LIMIT, RuntimeFailure, StateError } from './errors.ts';
import { fill, readPath, type ExpressionInput } from './values/expression.ts';
import type { Timer } from '../clock.ts';
import type { Branch } from './branch.ts';
import { partitionIn } from '../aws/partition.ts';

/** One attempt at a Task. Returns Lambda's result in its envelope or, for waitForTaskToken, the output sent with the token. */
export const attemptTask = async (branch: Branch, state: State, input: Json, visit: { context: Json }): Promise<Json> =>
  branch.scope.wait<Json>((resolve, reject) => {
    const attempt = new TaskAttempt(branch, state, { resolve, reject });
    attempt.begin(input, visit.context);
    return () => attempt.end();
  });

interface Result {
  resolve: (output: Json) => void;
  reject: (error: unknown) => void;
}

interface Call {
  FunctionName: string;
  Payload: Json;
  parameters: string;
  timeout: number | undefined;
  heartbeat: number | undefined;
}

/**
 * If the token is answered while its function still runs, the task ends at once, and the history has no TaskSubmitted.
 * TimeoutSeconds and HeartbeatSeconds count from TaskStarted. A missed heartbeat shows as States.Timeout, as AWS records it.
 */
class TaskAttempt {
  readonly #branch: Branch;
  readonly #state: State;
  readonly #result: Result;
  readonly #byToken: boolean;
  readonly #where: { resource: string; resourceType: string };
  readonly #token: { token: string; close(): void } | undefined;
  #timeout: Timer | undefined;
  #heartbeat: Timer | undefined;
  #beatSeconds: number | undefined;
  /** After the end, later actions and answers of the function are ignored. */
  #over = false;

  constructor(branch: Branch, state: State, result: Result) {
    this.#branch = branch;
    this.#state = state;
    this.#result = result;
    this.#byToken = state.Resource!.endsWith('.waitForTaskToken');
    this.#where = { resource: this.#byToken ? 'invoke.waitForTaskToken' : 'invoke', resourceType: 'lambda' };
    if (this.#byToken)
      this.#token = branch.run.tokens.open({
        succeed: (output) => this.#guard(() => this.#succeed(output)),
        fail: (error) => this.#guard(() => this.#fail(error)),
        beat: () => this.#beat(),
      });
  }

  begin(input: Json, context: Json): void {
    const { run } = this.#branch;
    try {
      refuseOtherPartition(this.#state, run.region);
      const own = this.#token ? { ...(context as object), Task: { Token: this.#token.token } } : context;
      const call = this.#callWith({ ...this.#branch.surroundings(input), context: own });
      this.#beatSeconds = call.heartbeat;
      this.#record('TaskScheduled', {
        region: run.region,
        parameters: call.parameters,
        ...(call.timeout !== undefined && { timeoutInSeconds: call.timeout }),
        ...(call.heartbeat !== undefined && { heartbeatInSeconds: call.heartbeat }),
      });
      this.#record('TaskStarted');
      if (call.timeout !== undefined) this.#timeout = this.#after(call.timeout, () => this.#timeOut());
      this.#beat();
      run.invoke(call.FunctionName, call.Payload).then(
        (payload) => this.#guard(() => this.#returned(payload)),
        (error: unknown) => this.#guard(() => this.#fail(lambdaError(error))),
      );
    } catch (error) {
      this.#result.reject(error);
    }
  }

  end(): void {
    this.#over = true;
    this.#timeout?.cancel();
    this.#heartbeat?.cancel();
    this.#token?.close();
  }

  #callWith(around: ExpressionInput): Call {
    const parameters = fill(this.#state.Parameters ?? {}, around) as { FunctionName: Json; Payload?: Json };
    const { FunctionName } = parameters;
    if (typeof FunctionName !== 'string') throw new RuntimeFailure('FunctionName is not a string.');
    const timeout = this.#state.TimeoutSeconds;
    const heartbeat = this.#byToken ? heartbeatOf(this.#state, around) : undefined;
    const text = JSON.stringify(parameters);
    if (Buffer.byteLength(text) > PAYLOAD_LIMIT)
      throw new StateError(
        'States.DataLimitExceeded',
        `The input of the state/task '${this.#branch.name}' exceeds ${PAYLOAD_LIMIT} bytes.`,
      );
    // The function gets what went over the network: it shares no objects with the execution.
    const { Payload = {} } = JSON.parse(text) as { Payload?: Json };
    return { FunctionName, Payload, parameters: text, timeout, heartbeat };
  }

  #returned(payload: Json): void {
    const envelope = { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
    if (!this.#byToken) return this.#succeed(envelope);
    this.#record('TaskSubmitted', { output: JSON.stringify(envelope), outputDetails: { truncated: false } });
  }

  #succeed(output: Json): void {
    const text = JSON.stringify(output);
    if (Buffer.byteLength(text) > PAYLOAD_LIMIT)
      return this.#fail(
        new StateError(
          'States.DataLimitExceeded',
          "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
        ),
      );
    this.#record('TaskSucceeded', { output: text, outputDetails: { truncated: false } });
    this.#result.resolve(output);
  }

  #fail(error: StateError): void {
    this.#record('TaskFailed', {
      ...(error.error !== undefined && { error: error.error }),
      ...(error.reason !== undefined && { cause: error.reason }),
    });
    this.#result.reject(error);
  }

  #timeOut(alias?: string): void {
    this.#record('TaskTimedOut', { error: 'States.Timeout' });
    this.#result.reject(new StateError('States.Timeout', undefined, alias));
  }

  #beat(): void {
    this.#heartbeat?.cancel();
    if (this.#beatSeconds !== undefined)
      this.#heartbeat = this.#after(this.#beatSeconds, () => this.#timeOut('States.HeartbeatTimeout'));
  }

  #after(seconds: number, work: () => void): Timer {
    const { clock } = this.#branch.run;
    return clock.at(clock.now() + seconds * 1000, () => this.#guard(work));
  }

  #record(type: string, details: object = {}): void {
    this.#branch.run.journal.record(this.#branch.trail, type, { ...this.#where, ...details });
  }

  /** Runs work unless the attempt is over. An error of the work ends the attempt. */
  #guard(work: () => void): void {
    if (this.#over) return;
    try {
      work();
    } catch (error) {
      this.#result.reject(error);
    }
  }
}

/**
 * AWS lets users create a state machine with another partition's integration. Its first Task then ends the execution:
 * https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/pull/478
 */
function refuseOtherPartition({ Resource }: State, region: string): void {
  const [, partition] = Resource!.split(':');
  const own = partitionIn(region);
  if (partition === own) return;
  throw new RuntimeFailure(
    `The resource belongs to a different partition from the running execution. Expected '${own}', was '${partition}'.`,
  );
}

function heartbeatOf({ HeartbeatSeconds, HeartbeatSecondsPath: path }: State, around: ExpressionInput) {
  if (path === undefined) return HeartbeatSeconds;
  const value = readPath(path, around, 'HeartbeatSecondsPath');
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw new RuntimeFailure(
    `The HeartbeatSecondsPath parameter must reference a positive integer: ${path} == ${JSON.stringify(value)}`,
  );
}

/** The form of a function's failure: Lambda's Node.js runtime reports the error's name, message and stack. */
function lambdaError(thrown: unknown): StateError {
  const [errorType, errorMessage] =
    thrown instanceof Error ? [thrown.name, thrown.message] : [typeof thrown, String(thrown)];
  return new StateError(errorType, JSON.stringify({ errorType, errorMessage, trace: [] }));
}
