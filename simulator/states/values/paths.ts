import type { Json } from '../definition.ts';
import { RuntimeFailure, StateError } from '../errors.ts';

const STEP = /^(?:\.([\p{L}\p{N}_-]+)|\[(\d+)\])/u;

/** The steps of a path below `$`: names of fields and indexes of items. Undefined if the interpreter does not read the path. */
export function pathSteps(path: string): (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  for (let rest = path.slice(1); rest !== '';) {
    const step = STEP.exec(rest);
    if (!step) return undefined;
    const [whole, name, index] = step;
    steps.push(name ?? Number(index));
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** Selects from `data`; undefined if there is nothing at the path. */
export function selectPath(path: string, data: Json): Json | undefined {
  let place: Json | undefined = data;
  for (const step of pathSteps(path) ?? []) {
    if (typeof step === 'number') place = Array.isArray(place) ? place[step] : undefined;
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
export function place(path: string, input: Json, result: Json): Json {
  const put = (at: Json | undefined, [step, ...rest]: (string | number)[]): Json => {
    if (step === undefined) return result;
    if (at !== undefined && (typeof at !== 'object' || at === null || Array.isArray(at)))
      throw new StateError(
        'States.ResultPathMatchFailure',
        `Unable to apply step "${path}" to input ${JSON.stringify(input)}`,
      );
    return { ...at, [step]: put(at && Object.hasOwn(at, step) ? at[step] : undefined, rest) };
  };
  return put(input, pathSteps(path) ?? []);
}

const normalized = (path: string): string =>
  `$${(pathSteps(path) ?? []).map((step) => (typeof step === 'number' ? `[${step}]` : `['${step}']`)).join('')}`;
