import * as z from 'zod/mini';
import { buildNamePattern } from '../build/identity.ts';
import { isRecipeName } from '../recipe-name.ts';
import type { Problem } from '../recipe/problems.ts';
import { oneLine } from '../recipe/scalars.ts';

const text = z.string().check(z.minLength(1), z.maxLength(500), oneLine);

/** The names in the inputs of several state machines: of a recipe or a channel, and of a build. */
export const requestNames = {
  name: z.string().check(z.refine(isRecipeName)),
  build: z.string().check(z.regex(buildNamePattern)),
};

/** The keys that the inputs of several state machines share. */
export const requestKeys = {
  /** Only says what would be done. */
  plan: z.optional(z.boolean()),
  why: z.optional(text),
  /** Who asks. Absent where somebody starts the execution in the console. */
  who: z.optional(text),
};

/** What is demanded of the keys that several inputs share. */
export const requestSays: Record<string, string> = {
  recipe: 'must be the name of a recipe',
  channel: 'must be the name of a channel',
  build: 'is no build id (YYYYMMDD-HHMMSS-hhhh)',
  plan: 'must be true or false',
  why: 'must be one line of 1 to 500 characters',
  who: 'must be one line of 1 to 500 characters',
};

/**
 * What is wrong with a request, in words. `shape` has the request's keys, `says` what is demanded of them, and `otherwise` is for
 * what is no such object at all.
 * @param key The key that the issue is about.
 */
export function requestMessage(
  issue: z.core.$ZodIssue,
  key: PropertyKey | undefined,
  { shape, says, otherwise }: { shape: object; says: Record<string, string>; otherwise: string },
): string {
  if (issue.code === 'unrecognized_keys')
    return `unknown key ${issue.keys.join(', ')}; known are ${Object.keys(shape).join(', ')}`;
  return says[String(key)] ?? otherwise;
}

interface Demanded<Schema extends z.ZodMiniObject> {
  schema: Schema;
  says: Record<string, string>;
  otherwise: string;
  /** What is missing or too much for what is asked. */
  together?: (request: z.output<Schema>) => Problem[];
}

/** What an execution's input asks for, or everything that is wrong with the input. */
export function requestIn<Schema extends z.ZodMiniObject>(
  input: unknown,
  { schema, says, otherwise, together }: Demanded<Schema>,
): { request: z.output<Schema> } | { problems: Problem[] } {
  const parsed = z.safeParse(schema, input);
  const problems = parsed.success
    ? (together?.(parsed.data) ?? [])
    : parsed.error.issues.map((one) => ({
        path: one.path as string[],
        message: requestMessage(one, one.path[0], { shape: schema.def.shape, says, otherwise }),
      }));
  return parsed.success && problems.length === 0 ? { request: parsed.data } : { problems };
}
