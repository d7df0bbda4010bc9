import type { Clock } from '../clock.ts';
import { Journal, type Trail } from './history.ts';
import type { Json, State, States } from './definition.ts';
import type { Position } from './redrive.ts';
import { Scope } from './values/scope.ts';
import type { ExpressionInput } from './values/expression.ts';
import type { Tokens } from './tokens.ts';

/** The state that all branches of one execution share. */
export interface Run {
  clock: Clock;
  random: () => number;
  journal: Journal;
  tokens: Tokens;
  region: string;
  /** Milliseconds a transition to a state takes. */
  transition: number;
  invoke: (functionName: string, payload: Json) => Promise<Json>;
  retried: () => void;
}

/** One thread of control: the execution itself, a Map iteration or a Parallel branch. */
export interface Branch {
  run: Run;
  scope: Scope;
  trail: Trail;
  context: Json;
  /** The JSON text of the value that this branch has last written; what a state leaves is what the next one enters with. */
  written: { value: Json; text: string } | undefined;
  /** Name of the current state. */
  name: string;
  current: State | undefined;
  position: Position;
  surroundings: (input: Json) => ExpressionInput;
  inner: (scope: Scope, position: Position) => Branch;
  /** While a Map or Parallel runs: records that its pieces are stopped because of the event `cause`. */
  abort?: (cause: number) => void;
}

export function createBranch(run: Run, scope: Scope, position: Position, context: Json, trail: Trail): Branch {
  const branch: Branch = {
    run,
    scope,
    position,
    context,
    trail,
    written: undefined,
    name: '',
    current: undefined,
    surroundings: (input) => ({ input, context: branch.context }),
    inner: (innerScope, innerPosition) =>
      createBranch(run, innerScope, innerPosition, branch.context, { last: trail.last, path: { ...trail.path } }),
  };
  return branch;
}

/** The JSON text of a value. A history holds each text once, however many of its events show the value. */
export function writtenText(value: Json, branch: Branch): string {
  if (!branch.written || branch.written.value !== value) branch.written = { value, text: JSON.stringify(value) };
  return branch.written.text;
}

/** Runs states to their end. A Map and a Parallel get this as an argument, since running states runs them in turn. */
export type RunStates = (states: States, input: Json, branch: Branch) => Promise<Json>;
