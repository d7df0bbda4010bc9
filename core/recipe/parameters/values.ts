import { didYouMean } from '../../nearest.ts';
import { secretIn } from '../rules/secrets.ts';
import type { ParameterDefinition } from './definitions.ts';

/** A value that a build has for a parameter. */
export type ParameterValue = string | number | boolean | string[];

/** Values in one line, for people. */
export const valuesInWords = (values: Record<string, ParameterValue>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(', ');

type Read = { value: ParameterValue; wrong?: never } | { wrong: string; value?: never };

const longest = 1000;
const mostTexts = 100;

/**
 * Texts that no shell takes for more than a word. A parameter without a pattern takes only these, because a value becomes part of
 * the commands that it stands in. A leading hyphen would make it an option.
 */
const harmless = /^(?!-)[\w.:/@+=,-]*$/;

const shown = (given: unknown): string => {
  const text = JSON.stringify(given) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
};

/** What a start gives for a parameter: the command line and the console may give every value as a text. */
export function fromText({ type }: ParameterDefinition, given: unknown): unknown {
  if (typeof given !== 'string') return given;
  if (type === 'number' && /^-?\d{1,15}(\.\d{1,15})?$/.test(given)) return Number(given);
  if (type === 'boolean' && (given === 'true' || given === 'false')) return given === 'true';
  return type === 'list' ? given.split(',').flatMap((part) => part.trim() || []) : given;
}

/** The value of a parameter, or why this is none. */
export function readValue(definition: ParameterDefinition, given: unknown): Read {
  switch (definition.type) {
    case 'string':
      if (typeof given === 'string') return textual(definition, given, [given]);
      return { wrong: `must be text, got ${shown(given)}${isUnquoted(given) ? '; put it in quotes' : ''}` };
    case 'list':
      return listed(definition, given);
    case 'boolean':
      return typeof given === 'boolean' ? { value: given } : { wrong: `must be true or false, got ${shown(given)}` };
    case 'number': {
      if (typeof given !== 'number' || !Number.isFinite(given))
        return { wrong: `must be a number, got ${shown(given)}` };
      const wrong = notAllowed(definition, given);
      return wrong === undefined ? { value: given } : { wrong };
    }
  }
}

const isUnquoted = (given: unknown) => typeof given === 'number' || typeof given === 'boolean';

function listed(definition: ParameterDefinition, given: unknown): Read {
  if (!Array.isArray(given) || !given.every((one) => typeof one === 'string'))
    return { wrong: `must be a list of texts, got ${shown(given)}` };
  if (given.length > mostTexts) return { wrong: `must have at most ${mostTexts} texts, got ${given.length}` };
  return textual(definition, given, given);
}

function textual(definition: ParameterDefinition, value: ParameterValue, texts: string[]): Read {
  for (const text of texts) {
    const wrong = textWrong(definition, text);
    if (wrong !== undefined) return { wrong };
  }
  return { value };
}

function textWrong(definition: ParameterDefinition, text: string): string | undefined {
  const { pattern, allowed } = definition;
  if (text.length > longest) return `must have at most ${longest} characters, got ${text.length}`;
  const secret = secretIn(text);
  if (secret !== undefined)
    return `contains ${secret}, and everybody who may read executions can read it; let a step fetch it from an SSM SecureString or Secrets Manager`;
  if (allowed) return notAllowed(definition, text);
  if (pattern !== undefined)
    return new RegExp(`^(?:${pattern})$`, 'u').test(text) ? undefined : `must match ${pattern}, got ${shown(text)}`;
  return harmless.test(text)
    ? undefined
    : `may have letters, digits and ._:/@+=,- only, and no hyphen first, unless the parameter has a pattern; got ${shown(text)}`;
}

function notAllowed({ allowed }: ParameterDefinition, value: string | number): string | undefined {
  if (!allowed || allowed.includes(value)) return undefined;
  const meant = typeof value === 'string' ? didYouMean(value, allowed.map(String)) : '';
  return `must be one of ${allowed.join(', ')}, got ${shown(value)}${meant}`;
}
