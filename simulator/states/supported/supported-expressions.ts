import type { Json } from '../definition.ts';
import { arrayLength } from '../values/expression.ts';
import { pathSteps } from '../values/paths.ts';

/** The problem of a path field; undefined if it has none. */
export function pathRefusal(text: Json | undefined): string | undefined {
  if (typeof text !== 'string') return `must be a string, not ${JSON.stringify(text)}`;
  const below = text.startsWith('$$') ? text.slice(1) : text;
  return pathSteps(below) ? undefined : `${text} is no path of names and indexes, and other paths are not supported`;
}

/** The problem of a ResultPath, which is a place in the state's input. */
export function placeRefusal(text: Json): string | undefined {
  const steps = typeof text === 'string' && !text.startsWith('$$') ? pathSteps(text) : undefined;
  return steps?.every((step) => typeof step === 'string')
    ? undefined
    : `must be a path of names into the input, not ${JSON.stringify(text)}`;
}

function expressionRefusal(text: Json): string | undefined {
  if (typeof text !== 'string') return pathRefusal(text);
  const [, counted] = arrayLength.exec(text) ?? [];
  if (counted !== undefined) return pathRefusal(counted);
  const [, name] = /^(States\.\w+)/.exec(text) ?? [];
  return name === undefined ? pathRefusal(text) : `${text}: the intrinsic function ${name} is not supported so`;
}

/** Refused expressions anywhere in a payload template, each preceded by its place. */
export function templateRefusals(template: Json | undefined, at = ''): string[] {
  if (typeof template !== 'object' || template === null) return [];
  return Object.entries(template).flatMap(([key, value]) => {
    const place = at === '' ? key : `${at}.${key}`;
    if (Array.isArray(template) || !key.endsWith('.$')) return templateRefusals(value as Json, place);
    const why = expressionRefusal(value as Json);
    return why ? [`${place} ${why}`] : [];
  });
}
