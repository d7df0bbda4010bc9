import type { Json, State } from '../definition.ts';
import { PAYLOAD_LIMIT, StateError } from '../errors.ts';
import { fill, readPath, type ExpressionInput } from './expression.ts';
import { writtenText, type Branch } from '../branch.ts';
import { place, selectFrom } from './paths.ts';

/** The result of a state: its output, the variables it assigns, and the next state. */
export interface Left {
  output: Json;
  assigned?: Record<string, Json>;
  next: string | undefined;
}

/** The variables of an Assign. All are computed before any is set. */
export function assigned(
  template: Json | undefined,
  surroundings: ExpressionInput,
): { assigned?: Record<string, Json> } {
  return template === undefined ? {} : { assigned: fill(template, surroundings) as Record<string, Json> };
}

/** Applies ResultPath, OutputPath and Assign. As on AWS, `$` in Assign is the result before ResultSelector. */
export function finish(state: State, raw: Json, shaped: Json, result: Json, branch: Branch): Left {
  const usesResultPath = state.Type !== 'Wait' && state.Type !== 'Succeed';
  const path = state.ResultPath === undefined ? '$' : state.ResultPath;
  const placed = usesResultPath ? place(path, raw, shaped) : shaped;
  const output = limited(pathed(state.OutputPath, placed, branch), branch);
  return { output, next: state.Next, ...assigned(state.Assign, branch.surroundings(result)) };
}

export function pathed(path: string | null | undefined, value: Json, branch: Branch): Json {
  if (path === undefined) return value;
  if (path === null) return {};
  if (/^\$[.[]|^\$$/.test(path)) return selectFrom(path, value);
  return readPath(path, branch.surroundings(value), 'Path');
}

export function limited(value: Json, branch: Branch): Json {
  if (Buffer.byteLength(writtenText(value, branch)) <= PAYLOAD_LIMIT) return value;
  throw new StateError(
    'States.DataLimitExceeded',
    `The state/task '${branch.name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
