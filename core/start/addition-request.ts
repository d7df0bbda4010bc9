import * as z from 'zod/mini';
import type { Problem } from '../recipe/recipe.ts';
import { name } from '../recipe/scalars.ts';
import { requestKeys, requestMessage, requestSays } from './request.ts';

/** The key `distribute` of an execution's input: the build's image goes to targets that came into the recipe later. */
export const additionRequest = z.strictObject({
  /** The channel that gets the new images. Absent for the recipe's own. */
  channel: z.optional(name),
  ...requestKeys,
});

export type AdditionRequest = z.infer<typeof additionRequest>;

export const additionMessage = (issue: z.core.$ZodIssue): string =>
  requestMessage(issue, issue.path[1], {
    shape: additionRequest.def.shape,
    says: requestSays,
    otherwise: 'must be an object, such as {}',
  });

/** What is missing or too much beside the key `distribute`. */
export function besideAddition(input: Record<string, unknown>): Problem[] {
  const { distribute, recipe, build } = input;
  if (distribute === undefined) return [];
  const problems: Problem[] = [];
  const says = (key: string, message: string) => void problems.push({ path: [key], message });
  if (typeof recipe !== 'string') says('recipe', 'must be the name of a deployed recipe, whose targets the image gets');
  if (build === undefined) says('build', 'is missing: distribute names the published build whose image goes further');
  for (const key of ['overrides', 'parameters', 'from', 'replan', 'force', 'trigger'])
    if (input[key] !== undefined) says(key, 'does not go with distribute, which builds nothing');
  return problems;
}

/** What an execution's input, as its event has it, asks to add. Undefined for a build. */
export function additionAsked(input: unknown): AdditionRequest | undefined {
  if (typeof input !== 'string' || !input.includes('"distribute"')) return undefined;
  try {
    const asked = z.safeParse(additionRequest, (JSON.parse(input) as Record<string, unknown>)['distribute']);
    return asked.data;
  } catch {
    return undefined;
  }
}
