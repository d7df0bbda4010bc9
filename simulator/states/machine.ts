import { attempts } from './attempts.ts';
import { choose } from './values/choice.ts';
import type { Json, State, States } from './definition.ts';
import { RuntimeFailure, StateError } from './errors.ts';
import { fill, readPath, type ExpressionInput } from './values/expression.ts';
import { finish, limited, pathed, type Left } from './values/output.ts';
import { writtenText, type Branch } from './branch.ts';

/**
 * Runs states from StartAt, or from the position of a redriven branch, to the end. Returns the last output, or throws a
 * StateError that no state caught. A redriven state is not entered again: AWS records no second entry. Its EnteredTime is
 * undocumented. Here it does not change, the worse case for a state that measures by it.
 */
export async function runStates(states: States, input: Json, branch: Branch): Promise<Json> {
  const { run, trail, scope, position } = branch;
  let redriven = position.at;
  let value = redriven?.input ?? input;
  for (let name = redriven?.name ?? (states.StartAt as string | undefined); name !== undefined;) {
    const state: State = states.States[name]!;
    if (run.transition > 0) await scope.until(run.clock, run.clock.now() + run.transition);
    branch.name = name;
    branch.current = state;
    trail.path = { ...trail.path, state: name };
    const at = redriven ?? enter(state, value, branch);
    redriven = undefined;
    const retries = state.Type === 'Task' || state.Type === 'Map' || state.Type === 'Parallel';
    branch.context = {
      ...(branch.context as Record<string, Json>),
      State: { Name: name, EnteredTime: at.enteredTime, ...(retries && { RetryCount: 0 }) },
    };
    const left: Left = await leave(state, value, branch).catch((error: unknown) => {
      throw error instanceof RuntimeFailure ? located(error, at.name, at.event) : error;
    });
    run.journal.record(trail, `${state.Type}StateExited`, {
      name,
      output: writtenText(left.output, branch),
      outputDetails: { truncated: false },
    });
    branch.current = undefined;
    value = left.output;
    name = left.next;
  }
  return value;
}

function enter({ Type }: State, input: Json, branch: Branch) {
  const { run, trail, name, position } = branch;
  const event = run.journal.record(trail, `${Type}StateEntered`, {
    name,
    input: writtenText(input, branch),
    inputDetails: { truncated: false },
  });
  position.inner = undefined;
  return (position.at = { name, input, enteredTime: new Date(run.clock.now()).toISOString(), event });
}

const LOCATED = 'An error occurred while executing the state ';

/** Adds the place to a States.Runtime, as AWS does, once, at the innermost state. */
function located(error: RuntimeFailure, name: string, at: number): RuntimeFailure {
  const reason = error.reason ?? '';
  if (reason.startsWith(LOCATED) || reason.includes('maximum number of history events')) return error;
  return new RuntimeFailure(`${LOCATED}'${name}' (entered at the event id #${at}). ${reason}`);
}

async function leave(state: State, raw: Json, branch: Branch): Promise<Left> {
  const { run, scope } = branch;
  const input = pathed(state.InputPath, raw, branch);
  const here = branch.surroundings(input);
  switch (state.Type) {
    case 'Pass': {
      const result = state.Result ?? (state.Parameters === undefined ? input : fill(state.Parameters, here));
      return finish(state, raw, result, branch);
    }
    case 'Succeed':
      return { ...finish(state, raw, input, branch), next: undefined };
    case 'Fail':
      throw new StateError(failText(state, 'Error', here), failText(state, 'Cause', here));
    case 'Wait':
      await scope.until(run.clock, wakeAt(state, here, run.clock.now()));
      return finish(state, raw, input, branch);
    case 'Choice': {
      const rule = choose(state.Choices!, here);
      const next = rule?.Next ?? state.Default;
      if (next === undefined)
        throw new RuntimeFailure('Failed to transition out of the state. The state does not point to a next state.');
      return { output: limited(input, branch), next };
    }
    case 'Task':
    case 'Map':
    case 'Parallel':
      return attempts(state, raw, input, branch, runStates);
  }
}

function failText(state: State, field: 'Error' | 'Cause', surroundings: ExpressionInput): string | undefined {
  const path = state[`${field}Path`];
  if (path === undefined) return undefined;
  const value = readPath(path, surroundings, `${field}Path`);
  if (typeof value !== 'string') throw new RuntimeFailure(`The ${field}Path '${path}' does not reference a string.`);
  return value;
}

function wakeAt({ SecondsPath: path }: State, surroundings: ExpressionInput, now: number): number {
  const seconds = readPath(path!, surroundings, 'SecondsPath');
  if (typeof seconds !== 'number' || !Number.isInteger(seconds))
    throw new RuntimeFailure(
      `The SecondsPath parameter cannot be parsed as a long value: ${path} == ${JSON.stringify(seconds)}`,
    );
  if (seconds < 0)
    throw new RuntimeFailure(`The SecondsPath parameter references a negative value: ${path} == ${seconds}`);
  return now + seconds * 1000;
}
