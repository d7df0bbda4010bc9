import type { Json, State } from '../definition.ts';
import { parseCall, variableOf } from '../values/expression.ts';
import { callRefusal, type IntrinsicCall } from '../values/intrinsics.ts';
import { pathRefusal, referenceSteps } from '../values/paths.ts';

/** The problem of an `.$` field or a path field; undefined if it has none. */
export function expressionRefusal(
  text: Json | undefined,
  variables: string[],
  { intrinsic, reference }: { intrinsic: boolean; reference: boolean },
): string | undefined {
  if (typeof text !== 'string') return `must be a string, not ${JSON.stringify(text)}`;
  if (text.startsWith('States.')) {
    if (!intrinsic) return `must be a path, not ${text}`;
    try {
      const call = parseCall(text);
      return callRefusal(call) ?? argumentRefusal(call, variables);
    } catch (error) {
      return `cannot be read: ${(error as Error).message}`;
    }
  }
  if (reference && (text.startsWith('$$') || variableOf(text) || !referenceSteps(text)))
    return `must be a reference path into the input, not ${text}`;
  return rootedRefusal(text, variables);
}

function rootedRefusal(text: string, variables: string[]): string | undefined {
  const name = text.startsWith('$$') ? undefined : variableOf(text);
  if (name !== undefined && !variables.includes(name)) return `reads $${name}, which nothing assigns`;
  const below = text.startsWith('$$') ? text.slice(1) : name === undefined ? text : `$${text.slice(1 + name.length)}`;
  const why = pathRefusal(below);
  return why && `${text} ${why}`;
}

function argumentRefusal(call: IntrinsicCall, variables: string[]): string | undefined {
  for (const arg of call.args) {
    const why =
      'path' in arg
        ? rootedRefusal(arg.path, variables)
        : 'call' in arg
          ? argumentRefusal(arg.call, variables)
          : undefined;
    if (why) return why;
  }
  return undefined;
}

/** Refused expressions anywhere in a payload template, each preceded by its place. */
export function templateRefusals(template: Json | undefined, variables: string[], at = ''): string[] {
  if (typeof template !== 'object' || template === null) return [];
  return Object.entries(template).flatMap(([key, value]) => {
    const place = at === '' ? key : `${at}.${key}`;
    if (Array.isArray(template) || !key.endsWith('.$')) return templateRefusals(value as Json, variables, place);
    const why = expressionRefusal(value as Json, variables, { intrinsic: true, reference: false });
    return why ? [`${place} ${why}`] : [];
  });
}

/** The variables that any of these states assigns, in any place. */
export function assignedNames(states: State[]): string[] {
  const templates = states.flatMap(({ Assign, Catch = [], Choices = [] }) => [
    Assign,
    ...Catch.map((each) => each.Assign),
    ...Choices.map((each) => each.Assign),
  ]);
  return [
    ...new Set(templates.flatMap((each) => Object.keys((each ?? {}) as object).map((key) => key.replace(/\.\$$/, '')))),
  ];
}
