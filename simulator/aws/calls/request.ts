import { NormalizedSchema } from '@smithy/core/schema';
import { generateIdempotencyToken } from '@smithy/core/serde';

// What the SDK would send of a command's input, by AWS's own model of the operation, which is in the SDK.

/** Copies a value. @throws Refused if AWS's model says that the value is something else. */
type Copy = (value: unknown) => unknown;

/** An operation as the SDK describes it: a tuple whose fifth element is the schema of the input. */
export type Operation = readonly unknown[];

export interface Request {
  input: Record<string, unknown>;
  /** The token that the SDK generates for a request without one. A call has one token, so AWS sees its attempts as one request. */
  token: Record<string, string> | undefined;
}

class Refused extends TypeError {
  readonly path: string[] = [];
  within(member: string): this {
    this.path.unshift(member);
    return this;
  }
}

const copies = new WeakMap<object, (input: unknown) => Request>();

/**
 * How requests of an operation are made. A member that AWS does not know and a value of another type are refused; the SDK would
 * drop or send them. As the SDK does, it refuses an input without a part of its URL.
 */
export function requests(name: string, operation: Operation): (input: unknown) => Request {
  const schema = operation[4] as object;
  const known = copies.get(operation);
  if (known) return known;
  const copy = copyOf(NormalizedSchema.of(schema as never));
  const members = [...NormalizedSchema.of(schema as never).structIterator()];
  const labels = members.flatMap(([member, of]) => (of.getMergedTraits().httpLabel ? [member] : []));
  const tokens = members.flatMap(([member, of]) => (of.isIdempotencyToken() ? [member] : []));
  const request = (given: unknown): Request => {
    try {
      const input = copy(given) as Record<string, unknown>;
      const missing = labels.find((label) => input[label] === undefined || input[label] === '');
      if (missing !== undefined) throw new Refused('a value is required').within(missing);
      const needed = tokens.find((token) => input[token] === undefined);
      return { input, token: needed === undefined ? undefined : { [needed]: generateIdempotencyToken() } };
    } catch (error) {
      if (error instanceof Refused) error.message = `${name}: ${error.path.join('.')}: ${error.message}`;
      throw error;
    }
  };
  copies.set(operation, request);
  return request;
}

const wanted =
  (kind: string, is: (value: unknown) => boolean): Copy =>
  (value) => {
    if (is(value)) return value;
    throw new Refused(`${kind} is expected, not ${JSON.stringify(value) ?? typeof value}`);
  };
const text = wanted('a string', (value) => typeof value === 'string');
const truth = wanted('true or false', (value) => typeof value === 'boolean');
const number = wanted('a number', (value) => typeof value === 'number' || typeof value === 'bigint');
const bytes = wanted('a string or bytes', (value) => typeof value === 'string' || value instanceof Uint8Array);
const time: Copy = (value) => {
  if (value instanceof Date) return new Date(value);
  throw new Refused(`a Date is expected, not ${JSON.stringify(value) ?? typeof value}`);
};

function copyOf(schema: NormalizedSchema): Copy {
  if (schema.isListSchema()) return listCopy(later(schema.getValueSchema()));
  if (schema.isMapSchema()) return mapCopy(later(schema.getValueSchema()));
  if (schema.isStructSchema()) return structureCopy(schema);
  if (schema.isStreaming()) return (value) => value;
  if (schema.isBlobSchema()) return bytes;
  if (schema.isTimestampSchema()) return time;
  if (schema.isStringSchema()) return text;
  if (schema.isBooleanSchema()) return truth;
  if (schema.isNumericSchema() || schema.isBigIntegerSchema()) return number;
  throw new Error(`the simulator does not know the kind of ${schema.getName(true)}`);
}

/** The copy for a schema that may contain itself: it is made when the first value comes. */
function later(schema: NormalizedSchema): Copy {
  let copy: Copy | undefined;
  return (value) => (copy ??= copyOf(schema))(value);
}

function listCopy(copy: Copy): Copy {
  return (value) => {
    if (!Array.isArray(value)) throw new Refused('a list is expected');
    return value.map((member, index) => inside(String(index), copy, member));
  };
}

function mapCopy(copy: Copy): Copy {
  return (value) => {
    if (typeof value !== 'object' || value === null) throw new Refused('a map is expected');
    const result: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(value)) result[key] = inside(key, copy, member);
    return result;
  };
}

function structureCopy(schema: NormalizedSchema): Copy {
  const members = new Map<string, Copy>();
  for (const [name, of] of schema.structIterator()) members.set(name, later(of));
  return (value) => {
    if (typeof value !== 'object' || value === null) throw new Refused('a structure is expected');
    const result: Record<string, unknown> = {};
    for (const name in value) {
      const member = (value as Record<string, unknown>)[name];
      if (member === undefined) continue;
      const copy = members.get(name);
      if (!copy) throw new Refused('AWS knows no such parameter').within(name);
      result[name] = inside(name, copy, member);
    }
    return result;
  };
}

function inside(member: string, copy: Copy, value: unknown): unknown {
  try {
    return copy(value);
  } catch (error) {
    throw error instanceof Refused ? error.within(member) : error;
  }
}
