import type { Json } from '../definition.ts';
import { RuntimeFailure } from '../errors.ts';
import { callIntrinsic, type IntrinsicCall } from './intrinsics.ts';
import { selectPath } from './paths.ts';
import type { Variables } from './variables.ts';

/** The values that a state's expressions can read. */
export interface ExpressionInput {
  /** `$` */
  input: Json;
  /** `$$` */
  context: Json;
  variables: Variables;
  random: () => number;
}

/** The content of a `.$` field: a `$` path, `$$` context path, `$name` variable or `States.` function. */
export function evaluate(text: string, surroundings: ExpressionInput, field: string): Json {
  if (!text.startsWith('States.')) return readPath(text, surroundings, field);
  return compute(parseCall(text), surroundings, field);
}

/** Reads a path. A missing path fails as on AWS, with the name of the field. */
export function readPath(path: string, surroundings: ExpressionInput, field: string): Json {
  const { root, below } = resolveRoot(path, surroundings);
  const found = selectPath(below, root);
  if (found === undefined)
    throw new RuntimeFailure(
      `The JSONPath '${path}' specified for the field '${field}' could not be found in the input '${JSON.stringify(root)}'`,
    );
  return found;
}

/** Like `readPath`, but returns undefined for a missing path. */
export function tryRead(path: string, surroundings: ExpressionInput): Json | undefined {
  const { root, below } = resolveRoot(path, surroundings);
  return selectPath(below, root);
}

function resolveRoot(path: string, { input, context, variables }: ExpressionInput): { root: Json; below: string } {
  if (path.startsWith('$$')) return { root: context, below: path.slice(1) };
  const name = variableOf(path);
  if (name === undefined) return { root: input, below: path };
  return { root: variables.get(name), below: `$${path.slice(1 + name.length)}` };
}

/** The variable at the start of a path (`$name.field`), if there is one. */
export function variableOf(path: string): string | undefined {
  return /^\$([\p{L}_][\p{L}\p{N}_]*)/u.exec(path)?.[1];
}

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

function compute(call: IntrinsicCall, surroundings: ExpressionInput, field: string): Json {
  const values = call.args.map((arg): Json => {
    if ('path' in arg) return readPath(arg.path, surroundings, field);
    if ('call' in arg) return compute(arg.call, surroundings, field);
    return arg.literal;
  });
  try {
    return callIntrinsic(call, values, surroundings.random);
  } catch (error) {
    if (error instanceof RuntimeFailure) throw error;
    throw new RuntimeFailure(
      `The function 'States.${call.name}' in the field '${field}' failed: ${(error as Error).message}`,
    );
  }
}

/** Parses `States.Name(arg, …)`. Throws a plain Error with the problem, so that definitions are refused before they run. */
export function parseCall(text: string): IntrinsicCall {
  const [call, rest] = callAt(text, text);
  if (rest.trim() !== '') throw new Error(`there is something after the function in ${text}`);
  return call;
}

function callAt(text: string, whole: string): [IntrinsicCall, string] {
  const head = /^States\.(\w+)\s*\(\s*/.exec(text);
  if (!head) throw new Error(`${whole} is not an intrinsic function`);
  const call: IntrinsicCall = { name: head[1]!, args: [] };
  let rest = text.slice(head[0].length);
  while (!rest.startsWith(')')) {
    const [arg, after] = argumentAt(rest, whole);
    call.args.push(arg);
    rest = after.trimStart();
    if (rest.startsWith(',')) rest = rest.slice(1).trimStart();
    else if (!rest.startsWith(')')) throw new Error(`an argument list does not end in ${whole}`);
  }
  return [call, rest.slice(1)];
}

function argumentAt(text: string, whole: string): [IntrinsicCall['args'][number], string] {
  const literal = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=\s*[,)])/.exec(text);
  if (literal) return [{ literal: JSON.parse(literal[0]) as Json }, text.slice(literal[0].length)];
  const quoted = /^'((?:[^'\\]|\\.)*)'/.exec(text);
  if (quoted)
    return [{ literal: quoted[1]!.replaceAll(/\\(.)/g, '$1'), raw: quoted[1]! }, text.slice(quoted[0].length)];
  if (text.startsWith('States.')) {
    const [call, rest] = callAt(text, whole);
    return [{ call }, rest];
  }
  // A path ends at the list's comma or parenthesis, but brackets may contain both (`$.a[?(@.b=='x')]`, `$['a,b']`).
  const path = /^\$(?:\[(?:'[^']*'|"[^"]*"|[^\]'"])*\]|[^,()[\]\s])*/.exec(text);
  if (path) return [{ path: path[0] }, text.slice(path[0].length)];
  throw new Error(`${text} is not an argument, in ${whole}`);
}
