import * as z from 'zod/mini';
import { buildNamePattern } from '../build/identity.ts';
import { isRecipeName } from '../recipe-name.ts';
import type { Problem } from '../recipe/recipe.ts';
import { oneLine } from '../recipe/scalars.ts';

const text = z.string().check(z.minLength(1), z.maxLength(500), oneLine);

/** The input of an execution of share-image. `{"recipe": "al2023-base"}` is enough. */
const ShareInput = z.strictObject({
  recipe: z.string().check(z.refine(isRecipeName)),
  /** The build whose images are shared. Absent for the images that the recipe's channels hold. */
  build: z.optional(z.string().check(z.regex(buildNamePattern))),
  /** Only says what would be done. */
  plan: z.optional(z.boolean()),
  why: z.optional(text),
  /** Who asks. Absent where somebody starts the execution in the console. */
  who: z.optional(text),
});
const known = Object.keys(ShareInput.def.shape).join(', ');

type ShareRequest = z.infer<typeof ShareInput>;

const says: Record<string, string> = {
  recipe: 'must be the name of a recipe',
  build: 'is no build id (YYYYMMDD-HHMMSS-hhhh)',
  plan: 'must be true or false',
  why: 'must be one line of 1 to 500 characters',
  who: 'must be one line of 1 to 500 characters',
};

function inputMessage(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown key ${issue.keys.join(', ')}; known are ${known}`;
  return says[String(issue.path[0])] ?? 'the execution input must be an object like {"recipe": "al2023-base"}';
}

/** What an execution's input asks for, or everything that is wrong with the input. */
export function shareRequest(input: unknown): { request: ShareRequest } | { problems: Problem[] } {
  const parsed = z.safeParse(ShareInput, input);
  if (parsed.success) return { request: parsed.data };
  return { problems: parsed.error.issues.map((one) => ({ path: one.path as string[], message: inputMessage(one) })) };
}
