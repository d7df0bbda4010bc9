import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../definition.ts';

/** A parsed `States.Name(…)`. `raw` keeps a string literal's escapes, which States.Format needs to tell `\{}` from `{}`. */
export interface IntrinsicCall {
  name: string;
  args: ({ literal: Json; raw?: string } | { path: string } | { call: IntrinsicCall })[];
}

type Intrinsic = (args: Json[], call: IntrinsicCall, random: () => number) => Json;

/** Calls an intrinsic function with computed arguments. Throws a plain Error where AWS reports States.Runtime. */
export function callIntrinsic(call: IntrinsicCall, args: Json[], random: () => number): Json {
  return intrinsics[call.name]!.run(args, call, random);
}

/** Why a call is refused before it runs: an unknown function or a wrong number of arguments. */
export function callRefusal(call: IntrinsicCall): string | undefined {
  const known = Object.hasOwn(intrinsics, call.name) ? intrinsics[call.name] : undefined;
  if (!known) return `States.${call.name} is not an intrinsic function this interpreter knows`;
  const [least, most] = known.arity;
  if (call.args.length < least || call.args.length > most)
    return `States.${call.name} takes ${least === most ? least : `${least} to ${most}`} arguments, not ${call.args.length}`;
  for (const arg of call.args) {
    const inner = 'call' in arg ? callRefusal(arg.call) : undefined;
    if (inner) return inner;
  }
  return undefined;
}

const MANY = Number.MAX_SAFE_INTEGER;
const ALGORITHMS: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** The functions of https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html with their limits. */
const intrinsics: Record<string, { arity: [number, number]; run: Intrinsic }> = {
  Format: { arity: [1, MANY], run: format },
  StringToJson: { arity: [1, 1], run: ([text]) => JSON.parse(string(text)) as Json },
  JsonToString: { arity: [1, 1], run: ([value]) => JSON.stringify(value) },
  Array: { arity: [0, MANY], run: (args) => args },
  ArrayPartition: {
    arity: [2, 2],
    run: ([list, size]) => {
      const items = array(list);
      const step = integer(size);
      if (step <= 0) throw new Error('the chunk size must be positive');
      return Array.from({ length: Math.ceil(items.length / step) }, (_, i) => items.slice(i * step, (i + 1) * step));
    },
  },
  ArrayContains: { arity: [2, 2], run: ([list, item]) => array(list).some((each) => isDeepStrictEqual(each, item)) },
  ArrayRange: {
    arity: [3, 3],
    run: (args) => {
      const [first, last, step] = args.map(integer) as [number, number, number];
      if (step === 0) throw new Error('the increment must not be zero');
      const length = Math.max(0, Math.floor((last - first) / step) + 1);
      if (length > 1000) throw new Error('a range holds at most 1000 items');
      return Array.from({ length }, (_, i) => first + i * step);
    },
  },
  ArrayGetItem: {
    arity: [2, 2],
    run: ([list, index]) => {
      const item = array(list)[integer(index)];
      if (item === undefined) throw new Error(`there is no item ${JSON.stringify(index)}`);
      return item;
    },
  },
  ArrayLength: { arity: [1, 1], run: ([list]) => array(list).length },
  ArrayUnique: {
    arity: [1, 1],
    run: ([list]) => array(list).filter((item, i, all) => all.findIndex((each) => isDeepStrictEqual(each, item)) === i),
  },
  Base64Encode: { arity: [1, 1], run: ([text]) => Buffer.from(short(text)).toString('base64') },
  Base64Decode: { arity: [1, 1], run: ([text]) => Buffer.from(short(text), 'base64').toString('utf8') },
  Hash: {
    arity: [2, 2],
    run: ([value, algorithm]) => {
      const name = ALGORITHMS[string(algorithm)];
      if (!name) throw new Error(`${string(algorithm)} is not a hash algorithm`);
      return createHash(name)
        .update(short(typeof value === 'string' ? value : JSON.stringify(value)))
        .digest('hex');
    },
  },
  JsonMerge: {
    arity: [3, 3],
    run: ([one, two, deep]) => {
      if (deep !== false) throw new Error('only the shallow merge exists: the third argument must be false');
      return { ...object(one), ...object(two) };
    },
  },
  MathRandom: {
    arity: [2, 3],
    run: ([start, end, seed], _call, random) => {
      const from = integer(start);
      const draw = seed === undefined ? random() : seeded(integer(seed));
      return from + Math.floor(draw * Math.max(1, integer(end) - from));
    },
  },
  MathAdd: { arity: [2, 2], run: ([one, two]) => integer(one) + integer(two) },
  StringSplit: {
    arity: [2, 2],
    run: ([text, delimiters]) => {
      const marks = new Set(string(delimiters));
      const parts = [''];
      for (const character of string(text))
        if (marks.has(character)) parts.push('');
        else parts[parts.length - 1] += character;
      return parts.filter((part) => part !== '');
    },
  },
  UUID: {
    arity: [0, 0],
    run: (_args, _call, random) =>
      'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replaceAll(/[xy]/g, (digit) =>
        (digit === 'x' ? Math.floor(random() * 16) : 8 + Math.floor(random() * 4)).toString(16),
      ),
  },
};

function format(args: Json[], call: IntrinsicCall): Json {
  const first = call.args[0]!;
  const template = 'raw' in first ? first.raw! : string(args[0]);
  const rest = args.slice(1);
  let used = 0;
  const text = template.replaceAll(/\\(.)|\{\}/gs, (_whole, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    if (used >= rest.length) throw new Error('there are more places {} than arguments');
    return shown(rest[used++]!);
  });
  if (used < rest.length) throw new Error('there are more arguments than places {}');
  return text;
}

/** AWS prints objects and arrays in Java's format (recorded in localstack's intrinsic_functions/test_generic.snapshot.json). */
function shown(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}=${shown(item)}`)
      .join(', ')}}`;
  return JSON.stringify(value);
}

function seeded(seed: number): number {
  return createHash('sha256').update(String(seed)).digest().readUInt32BE() / 2 ** 32;
}
function string(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error(`${JSON.stringify(value)} is not a string`);
  return value;
}
function short(value: Json | undefined): string {
  const text = string(value);
  if (text.length > 10_000) throw new Error('the text is longer than 10,000 characters');
  return text;
}
function integer(value: Json | undefined): number {
  if (typeof value !== 'number') throw new Error(`${JSON.stringify(value)} is not a number`);
  return Math.round(value);
}
function array(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw new Error(`${JSON.stringify(value)} is not an array`);
  return value;
}
function object(value: Json | undefined): Record<string, Json> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${JSON.stringify(value)} is not an object`);
  return value;
}
