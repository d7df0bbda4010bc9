import type { Json, State } from './definition.ts';
import { PAYLOAD_LIMIT, RuntimeFailure, StateError } from './errors.ts';
import { fill, read } from './values/expression.ts';
import type { Branch } from './branch.ts';
import { partitionIn } from '../aws/partition.ts';

/**
 * One attempt at a Task. Returns Lambda's result in its envelope or, for waitForTaskToken, the output sent with the token. If the
 * token is answered while its function still runs, the task ends at once, and the history has no TaskSubmitted. TimeoutSeconds
 * and HeartbeatSeconds count from TaskStarted. A missed heartbeat shows as States.Timeout, as AWS records it.
 */
export async function attemptTask(branch: Branch, state: State, input: Json, visit: { context: Json }): Promise<Json> {
  const { run, trail, name } = branch;
  const byToken = state.Resource!.endsWith('.waitForTaskToken');
  const where = { resource: byToken ? 'invoke.waitForTaskToken' : 'invoke', resourceType: 'lambda' };

  // After this is settled or stopped, later actions and answers of the function are ignored.
  return branch.scope.wait<Json>((resolve, reject) => {
    const timers: { cancel(): void }[] = [];
    let heartbeat: { cancel(): void } | undefined;
    let over = false;
    const timeOut = (alias?: string) => () => {
      run.journal.record(trail, 'TaskTimedOut', { ...where, error: 'States.Timeout' });
      reject(new StateError('States.Timeout', undefined, alias));
    };
    const guarded = <A extends unknown[]>(work: (...args: A) => void) => {
      return (...args: A) => {
        if (over) return;
        try {
          work(...args);
        } catch (error) {
          reject(error);
        }
      };
    };
    const succeed = guarded((output: Json) => {
      const text = JSON.stringify(output);
      if (Buffer.byteLength(text) > PAYLOAD_LIMIT)
        return fail(
          new StateError(
            'States.DataLimitExceeded',
            "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
          ),
        );
      run.journal.record(trail, 'TaskSucceeded', { ...where, output: text, outputDetails: { truncated: false } });
      resolve(output);
    });
    const fail = guarded((error: StateError) => {
      const { error: name, reason } = error;
      run.journal.record(trail, 'TaskFailed', {
        ...where,
        ...(name !== undefined && { error: name }),
        ...(reason !== undefined && { cause: reason }),
      });
      reject(error);
    });
    const end = () => {
      over = true;
      for (const timer of timers) timer.cancel();
      heartbeat?.cancel();
      token?.close();
    };

    let beatSeconds: number | undefined;
    const beat = () => {
      heartbeat?.cancel();
      if (beatSeconds !== undefined)
        heartbeat = run.clock.at(run.clock.now() + beatSeconds * 1000, guarded(timeOut('States.HeartbeatTimeout')));
    };
    const token = byToken ? run.tokens.open({ succeed, fail, beat }) : undefined;

    try {
      // AWS lets users create a state machine with another partition's integration. Its first Task then ends the execution:
      // https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/pull/478
      const [, partition] = state.Resource!.split(':');
      const own = partitionIn(run.region);
      if (partition !== own)
        throw new RuntimeFailure(
          `The resource belongs to a different partition from the running execution. Expected '${own}', was '${partition}'.`,
        );
      const context = token ? { ...(visit.context as object), Task: { Token: token.token } } : visit.context;
      const surroundings = { ...branch.surroundings(input), context };
      const seconds = (field: 'TimeoutSeconds' | 'HeartbeatSeconds'): number | undefined => {
        const path = state[`${field}Path`];
        if (path === undefined) return state[field];
        const value = read(path, surroundings, `${field}Path`);
        if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
        throw new RuntimeFailure(
          `The ${field}Path parameter must reference a positive integer: ${path} == ${JSON.stringify(value)}`,
        );
      };
      const parameters = fill(state.Parameters ?? {}, surroundings) as { FunctionName: Json; Payload?: Json };
      const { FunctionName, Payload = {} } = parameters;
      if (typeof FunctionName !== 'string') throw new RuntimeFailure('FunctionName is not a string.');
      const timeout = seconds('TimeoutSeconds');
      beatSeconds = byToken ? seconds('HeartbeatSeconds') : undefined;
      if (Buffer.byteLength(JSON.stringify(parameters)) > PAYLOAD_LIMIT)
        throw new StateError(
          'States.DataLimitExceeded',
          `The input of the state/task '${name}' exceeds ${PAYLOAD_LIMIT} bytes.`,
        );

      run.journal.record(trail, 'TaskScheduled', {
        ...where,
        region: run.region,
        parameters: JSON.stringify(parameters),
        ...(timeout !== undefined && { timeoutInSeconds: timeout }),
        ...(beatSeconds !== undefined && { heartbeatInSeconds: beatSeconds }),
      });
      run.journal.record(trail, 'TaskStarted', where);
      if (timeout !== undefined) timers.push(run.clock.at(run.clock.now() + timeout * 1000, guarded(timeOut())));
      beat();

      run.invoke(FunctionName, Payload).then(
        guarded((payload: Json) => {
          const envelope = { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
          if (!byToken) succeed(envelope);
          else
            run.journal.record(trail, 'TaskSubmitted', {
              ...where,
              output: JSON.stringify(envelope),
              outputDetails: { truncated: false },
            });
        }),
        (error: unknown) => fail(lambdaError(error)),
      );
    } catch (error) {
      reject(error);
    }
    return end;
  });
}

/** The form of a function's failure: Lambda's Node.js runtime reports the error's name, message and stack. */
function lambdaError(thrown: unknown): StateError {
  const [errorType, errorMessage] =
    thrown instanceof Error ? [thrown.name, thrown.message] : [typeof thrown, String(thrown)];
  return new StateError(errorType, JSON.stringify({ errorType, errorMessage, trace: [] }));
}
