import type { Catcher, Json, State } from './definition.ts';
import { matches, StateError } from './errors.ts';
import { fill } from './values/expression.ts';
import type { Branch, RunStates } from './branch.ts';
import { finish, limited, type Left } from './values/output.ts';
import { place } from './values/paths.ts';
import { createRetries } from './retry.ts';
import { attemptMap, attemptParallel } from './run-map.ts';
import { attemptTask } from './run-task.ts';

/** Attempts a Task, Map or Parallel until it succeeds, is caught, or fails for good. */
export async function attempts(
  state: State,
  raw: Json,
  input: Json,
  branch: Branch,
  runStates: RunStates,
): Promise<Left> {
  const { run, scope, trail } = branch;
  const retry = createRetries(state.Retry, run.random);
  for (let count = 0; ; count++) {
    if (count > 0) branch.position.inner = undefined; // only a redrive continues there
    const context = branch.context as { State: Record<string, Json> };
    // AWS does not document whether a retry enters the state again. It does here: the worse case for a state that measures by it.
    const entered = count > 0 && { EnteredTime: new Date(run.clock.now()).toISOString() };
    branch.context = { ...context, State: { ...context.State, ...entered, RetryCount: count } };
    const around = branch.context;
    try {
      const { ResultSelector } = state;
      const result = await attempt(state, input, branch, runStates);
      branch.context = around;
      const shaped = ResultSelector === undefined ? result : fill(ResultSelector, branch.surroundings(result));
      return finish(state, raw, shaped, branch);
    } catch (error) {
      branch.context = around;
      if (!(error instanceof StateError)) throw error;
      const delay = retry(error);
      if (delay !== undefined) {
        await scope.until(run.clock, run.clock.now() + delay * 1000);
        run.retried();
        continue;
      }
      if (state.Type !== 'Task') run.journal.record(trail, `${state.Type}StateFailed`);
      const catcher = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, error));
      // AWS then runs the whole Map or Parallel again.
      if (!catcher && error.error === 'States.DataLimitExceeded') branch.position.inner = undefined;
      if (!catcher) throw error;
      return caught(catcher, error, raw, branch);
    }
  }
}

async function attempt(state: State, input: Json, branch: Branch, runStates: RunStates): Promise<Json> {
  if (state.Type === 'Task') return attemptTask(branch, state, input, { context: branch.context });
  if (state.Type === 'Map') return attemptMap(branch, state, input, runStates);
  return attemptParallel(branch, state, input, runStates);
}

function caught(catcher: Catcher, error: StateError, raw: Json, branch: Branch): Left {
  const output: Json = { Error: error.error ?? '', Cause: error.reason ?? '' };
  return {
    output: limited(place(catcher.ResultPath ?? '$', raw, output), branch),
    next: catcher.Next,
  };
}
