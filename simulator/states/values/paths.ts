import { JSONPath } from 'jsonpath-plus';
import type { Json } from '../definition.ts';
import { RuntimeFailure, StateError } from '../errors.ts';

const STEP = /^(?:\.([\p{L}\p{N}_-]+)|\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+))\s*\])/u;
const FANNING = /\.\.|\*|\[\s*\?\(|\[[^'"\]]*[:,][^'"\]]*\]|\[\s*(?:'[^']*'|"[^"]*")\s*,/;

/** The steps of a reference path (one place, no wildcard); undefined if the path can select several places. */
export function referenceSteps(path: string): (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  for (let rest = path.slice(1); rest !== '';) {
    const step = STEP.exec(rest);
    if (!step) return undefined;
    const [whole, bare, single, double, index] = step;
    steps.push(index === undefined ? (bare ?? (single ?? double ?? '').replaceAll(/\\(.)/g, '$1')) : Number(index));
    rest = rest.slice(whole.length);
  }
  return steps;
}

/**
 * Why a path below `$` cannot be read; undefined if it can. AWS documents no functions, parent operators or property operators.
 */
export function pathRefusal(path: string): string | undefined {
  if (!path.startsWith('$')) return 'does not start with $';
  if (referenceSteps(path)) return undefined;
  const unquoted = path.replaceAll(/'[^']*'|"[^"]*"/g, "''");
  const balanced = ['[]', '()'].every(
    ([open, close]) => unquoted.split(open!).length === unquoted.split(close!).length,
  );
  if (!FANNING.test(path) || !balanced || /[\^~`]|@\w+\(|\)\s*$|\w\(/.test(unquoted))
    return 'is not JSONPath this interpreter reads';
  return undefined;
}

/**
 * Selects from `data`. A path that can select several places returns an array, possibly empty, like the Jayway library in AWS.
 */
export function selectPath(path: string, data: Json): Json | undefined {
  const steps = referenceSteps(path);
  if (!steps) return JSONPath<Json>({ path, json: data as object, wrap: true, eval: 'safe' });
  let place: Json | undefined = data;
  for (const step of steps) {
    if (typeof step === 'number') place = Array.isArray(place) ? place.at(step) : undefined;
    else if (typeof place !== 'object' || place === null || Array.isArray(place)) return undefined;
    else place = Object.hasOwn(place, step) ? place[step] : undefined;
  }
  return place;
}

/** Like `selectPath`, but fails like InputPath and OutputPath on AWS. */
export function selectFrom(path: string, data: Json): Json {
  const found = selectPath(path, data);
  if (found === undefined)
    throw new RuntimeFailure(`Invalid path '${path}' : No results for path: ${normalized(path)}`);
  return found;
}

/** The state's input with `result` at `path`, as in ResultPath. The input object itself is not changed. */
export function place(path: string | null, input: Json, result: Json): Json {
  if (path === null) return input;
  const steps = referenceSteps(path) ?? [];
  if (steps.length === 0) return result;
  const mismatch = () =>
    new StateError('States.ResultPathMatchFailure', `Unable to apply step "${path}" to input ${JSON.stringify(input)}`);
  const put = (at: Json | undefined, [step, ...rest]: (string | number)[]): Json => {
    if (step === undefined) return result;
    if (typeof step === 'number') {
      if (!Array.isArray(at) || step < 0 || step >= at.length) throw mismatch();
      return at.with(step, put(at[step], rest));
    }
    if (at !== undefined && (typeof at !== 'object' || at === null || Array.isArray(at))) throw mismatch();
    return { ...at, [step]: put(at && Object.hasOwn(at, step) ? at[step] : undefined, rest) };
  };
  return put(input, steps);
}

function normalized(path: string): string {
  const steps = referenceSteps(path);
  return steps ? `$${steps.map((step) => (typeof step === 'number' ? `[${step}]` : `['${step}']`)).join('')}` : path;
}
