import { isMap } from '../../is-map.ts';
import { didYouMean } from '../../nearest.ts';
import type { Problem } from '../problems.ts';
import type { Path } from '../rules/rule.ts';
import { soundDefinition, type ParameterDefinition } from './definitions.ts';
import { fromText, readValue, type ParameterValue } from './values.ts';

/** The values of a recipe's parameters, for one build or for judging the recipe. */
export interface Inputs {
  /** Parameters without a sound definition or value are absent. */
  values: Record<string, ParameterValue>;
  problems: Problem[];
  /** Parameters that have no default and that a start gives no value. An example stands in for each. */
  missing: Problem[];
}

const mapAt = (holder: unknown, key: string): Record<string, unknown> => {
  const found = isMap(holder) ? holder[key] : undefined;
  return isMap(found) ? found : {};
};

/**
 * Reads the values that a start gives, in front of the defaults. Without a start, the values are those with which triggers start
 * builds.
 * @param given The values of a start, by name. Undefined if nothing starts.
 */
export function inputsOf(document: Record<string, unknown>, given: Record<string, unknown> | undefined): Inputs {
  const definitions = Object.entries(mapAt(document, 'parameters'));
  const names = definitions.map(([name]) => name);
  const ofTriggers = mapAt(document['triggers'], 'parameters');
  const inputs: Inputs = { values: {}, problems: [], missing: [] };
  const strangers = (path: Path, values: object) => {
    for (const name of Object.keys(values).filter((one) => !names.includes(one)))
      inputs.problems.push({ path: [...path, name], message: unknownParameter(name, names) });
  };
  strangers(['parameters'], given ?? {});
  strangers(['triggers', 'parameters'], ofTriggers);
  const own = (values: Record<string, unknown>, name: string) =>
    Object.hasOwn(values, name) ? values[name] : undefined;
  for (const [name, raw] of definitions) {
    const definition = soundDefinition(raw);
    if (!definition) continue;
    const started = own(given ?? {}, name);
    const triggered = own(ofTriggers, name);
    const value = settled(name, definition, { isStart: given !== undefined, started, triggered }, inputs);
    if (definition.default === undefined && triggered === undefined && document['triggers'] !== undefined)
      inputs.problems.push({
        path: ['parameters', name],
        message: 'has no default, and builds that triggers start have no value for it; give one in triggers.parameters',
      });
    if (value !== undefined) Object.defineProperty(inputs.values, name, { value, enumerable: true });
  }
  return inputs;
}

interface Offered {
  isStart: boolean;
  started: unknown;
  triggered: unknown;
}

/** The value of one parameter. Every value that the recipe and the start offer is judged. */
function settled(
  name: string,
  definition: ParameterDefinition,
  { isStart, started, triggered }: Offered,
  { problems, missing }: Inputs,
): ParameterValue | undefined {
  const at = ['parameters', name];
  const read = (path: Path, value: unknown): ParameterValue | undefined => {
    const { value: sound, wrong } = value === undefined ? {} : readValue(definition, value);
    if (wrong !== undefined) problems.push({ path, message: wrong });
    return sound;
  };
  const { type, allowed, pattern } = definition;
  if (pattern !== undefined && (allowed || type === 'number' || type === 'boolean'))
    problems.push({ path: [...at, 'pattern'], message: allowed ? 'does not go with allowed' : 'goes with texts only' });
  if (allowed && type === 'boolean') problems.push({ path: [...at, 'allowed'], message: 'does not go with a boolean' });
  const [first] = (type === 'boolean' ? [] : (allowed ?? [])).map((one, index) =>
    read([...at, 'allowed', index], type === 'list' ? [one] : one),
  );
  const example = read([...at, 'example'], definition.example) ?? first ?? (type === 'boolean' ? false : undefined);
  const usual = read([...at, 'default'], definition.default);
  const byTrigger = read(['triggers', ...at], triggered);
  const byStart = read(at, fromText(definition, started));
  if (definition.default === undefined && started === undefined)
    missing.push({ path: at, message: 'has no default, and this start gives no value for it' });
  if (definition.default === undefined && definition.example === undefined && !allowed && type !== 'boolean')
    problems.push({ path: at, message: 'needs a default, an example or allowed, with which the recipe can be judged' });
  return byStart ?? (isStart ? undefined : byTrigger) ?? usual ?? example;
}

const unknownParameter = (name: string, names: string[]): string =>
  names.length === 0
    ? 'the recipe has no parameters'
    : `is no parameter of the recipe${didYouMean(name, names) || `; there are ${names.join(', ')}`}`;
