import * as z from 'zod/mini';
import { didYouMean } from '../nearest.ts';
import type { Problem } from './problems.ts';
import type { Path } from './rules/rule.ts';
import { shapeProblems } from './shape.ts';

const kinds: Record<string, string> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function got(input: unknown): string {
  if (input === null || input === undefined) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a map';
  if (typeof input === 'string') return JSON.stringify(input.length > 60 ? `${input.slice(0, 60)}...` : input);
  return typeof input === 'number' ? `the number ${input}` : JSON.stringify(input);
}

/** Messages for schema errors, for somebody who writes YAML. zod/mini has no messages of its own. */
function message(issue: z.core.$ZodRawIssue): string {
  const input = issue.input;
  if (input === undefined) return 'is required';
  if (issue.code === 'invalid_type') {
    const quotes = issue.expected === 'string' && (typeof input === 'number' || typeof input === 'boolean');
    return `must be ${kinds[issue.expected] ?? issue.expected}, got ${got(input)}${quotes ? '; put it in quotes' : ''}`;
  }
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    const meant = typeof input === 'string' ? didYouMean(input, allowed) : '';
    return `must be ${allowed.length > 1 ? 'one of ' : ''}${allowed.join(', ')}, got ${got(input)}${meant}`;
  }
  if (issue.code === 'too_small' || issue.code === 'too_big') {
    const must = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
    if (typeof input === 'string') return `must have ${must} characters, got ${input.length}`;
    if (Array.isArray(input)) return `must have ${must} in the list, got ${input.length}`;
    return `must be ${must}, got ${got(input)}`;
  }
  return `is not valid, got ${got(input)}`;
}

/** The keys that the schema knows for the map at a path. */
export function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  const { def } = schema._zod as {
    def: Partial<Record<'innerType' | 'in' | 'element' | 'valueType', z.core.$ZodType>> & {
      shape?: Record<string, z.core.$ZodType>;
    };
  };
  const same = def.innerType ?? def.in; // what is optional, and what is transformed
  if (same) return keysAt(same, path);
  const [head, ...rest] = path;
  if (head === undefined) return Object.keys(def.shape ?? {});
  const next = typeof head === 'number' ? def.element : (def.shape?.[head] ?? def.valueType);
  return next ? keysAt(next, rest) : [];
}

/**
 * Everything the schema finds wrong with a document. Keys that it does not know are also returned separately. `data` is what the
 * schema makes of a document in which it finds nothing wrong.
 * @param further Other keys that the file of the document may have.
 */
export function explain<S extends z.core.$ZodType>(
  schema: S,
  document: unknown,
  further: string[] = [],
): { problems: Problem[]; unknownKeys: Path[]; data: z.output<S> | undefined } {
  const { error, data } = z.safeParse(schema, document, { error: message });
  const unknownKeys: Path[] = [];
  const problems = (error?.issues ?? []).flatMap((issue): Problem[] => {
    const path = issue.path as Path;
    if (issue.code === 'invalid_key')
      return issue.issues.map((inner) => ({ path, message: `the key ${inner.message}` }));
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    const known = [...(path.length === 0 ? further : []), ...keysAt(schema, path)];
    return issue.keys.map((key, index) => {
      unknownKeys.push([...path, key]);
      return {
        path: [...path, key],
        message: `is not a key here${(index < 100 && didYouMean(key, known)) || `; known are ${known.join(', ')}`}`,
      };
    });
  });
  const known = new Set(unknownKeys.map((path) => path.join('/')));
  const unseen = shapeProblems(document).filter(({ path }) => !known.has(path.join('/')));
  return { problems: [...problems, ...unseen], unknownKeys, data };
}
