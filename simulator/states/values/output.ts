import type { Json, State } from '../definition.ts';
import { PAYLOAD_LIMIT, StateError } from '../errors.ts';
import { readPath } from './expression.ts';
import { writtenText, type Branch } from '../branch.ts';
import { place, selectFrom } from './paths.ts';

/** The result of a state: its output, and the next state. */
export interface Left {
  output: Json;
  next: string | undefined;
}

/** Applies ResultPath and OutputPath. */
export function finish(state: State, raw: Json, shaped: Json, branch: Branch): Left {
  const usesResultPath = state.Type !== 'Wait' && state.Type !== 'Succeed';
  const placed = usesResultPath ? place(state.ResultPath ?? '$', raw, shaped) : shaped;
  const output = limited(pathed(state.OutputPath, placed, branch), branch);
  return { output, next: state.Next };
}

export function pathed(path: string | undefined, value: Json, branch: Branch): Json {
  if (path === undefined) return value;
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
