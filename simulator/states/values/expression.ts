import type { Json } from '../definition.ts';
import { RuntimeFailure } from '../errors.ts';
import { selectPath } from './paths.ts';

/** The values that a state's expressions can read. */
export interface ExpressionInput {
  /** `$` */
  input: Json;
  /** `$$` */
  context: Json;
}

/** The content of a `.$` field: a `$` path, a `$$` context path or an intrinsic function. */
function evaluate(text: string, surroundings: ExpressionInput, field: string): Json {
  const [, counted] = arrayLength.exec(text) ?? [];
  if (counted === undefined) return readPath(text, surroundings, field);
  const list = readPath(counted, surroundings, field);
  if (Array.isArray(list)) return list.length;
  throw new RuntimeFailure(
    `The function 'States.ArrayLength' in the field '${field}' failed: ${JSON.stringify(list)} is not an array`,
  );
}

/** The only intrinsic function that the machines use. Its argument is the first group. */
export const arrayLength = /^States\.ArrayLength\((.+)\)$/;

/** Reads a path. A missing path fails as on AWS, with the name of the field. */
export function readPath(path: string, surroundings: ExpressionInput, field: string): Json {
  const found = tryRead(path, surroundings);
  if (found !== undefined) return found;
  const root = path.startsWith('$$') ? surroundings.context : surroundings.input;
  throw new RuntimeFailure(
    `The JSONPath '${path}' specified for the field '${field}' could not be found in the input '${JSON.stringify(root)}'`,
  );
}

/** Like `readPath`, but returns undefined for a missing path. */
export const tryRead = (path: string, { input, context }: ExpressionInput): Json | undefined =>
  path.startsWith('$$') ? selectPath(path.slice(1), context) : selectPath(path, input);

/** Fills a payload template. Fields that end in `.$` are expressions; all others are copied. */
export function fill(template: Json, surroundings: ExpressionInput): Json {
  if (Array.isArray(template)) return template.map((item) => fill(item, surroundings));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$')
        ? [key.slice(0, -2), evaluate(value as string, surroundings, key)]
        : [key, fill(value, surroundings)],
    ),
  );
}
