import * as z from 'zod/mini';
import type { Problem } from '../recipe/recipe.ts';
import { requestIn, requestKeys, requestNames, requestSays } from '../start/request.ts';

/** The input of an execution of move-channel. `{"recipe": "al2023-base", "verb": "rollback"}` is enough. */
const MoveInput = z.strictObject({
  recipe: requestNames.name,
  verb: z.enum(['promote', 'rollback', 'revoke', 'restore']),
  /** Which channel moves. A rollback moves the recipe's own channel if none is named. */
  channel: z.optional(requestNames.name),
  /** The build to move to, or to revoke or restore. */
  build: z.optional(requestNames.build),
  plan: requestKeys.plan,
  why: requestKeys.why,
  /** What becomes of builds that were made from the revoked build. */
  descendants: z.optional(z.enum(['leave', 'rebuild', 'revoke'])),
  who: requestKeys.who,
});

export type MoveRequest = z.infer<typeof MoveInput>;

const demanded = {
  schema: MoveInput,
  says: {
    ...requestSays,
    verb: 'must be promote, rollback, revoke or restore',
    descendants: 'must be leave, rebuild or revoke',
  },
  otherwise: 'the execution input must be an object like {"recipe": "al2023-base", "verb": "rollback"}',
};

/** What is missing or too much for a verb. */
function togetherProblems({ verb, channel, build, why, descendants }: MoveRequest): Problem[] {
  const problems: Problem[] = [];
  const says = (key: string, message: string) => void problems.push({ path: [key], message });
  const ofBuild = verb === 'revoke' || verb === 'restore';
  if (verb === 'promote' && channel === undefined)
    says('channel', 'is missing: a promotion names the channel that it moves');
  if (ofBuild && build === undefined) says('build', `is missing: a ${verb} names its build`);
  if (ofBuild && channel !== undefined) says('channel', `does not go with ${verb}, which is for all channels`);
  if (verb === 'revoke' && why === undefined) says('why', 'is missing: a revoke says why, such as a CVE');
  if (verb !== 'revoke' && descendants !== undefined) says('descendants', 'goes only with revoke');
  return problems;
}

/** The move that an execution's input asks for, or everything that is wrong with the input. */
export const moveRequest = (input: unknown): { request: MoveRequest } | { problems: Problem[] } =>
  requestIn(input, { ...demanded, together: togetherProblems });

/** Who moves a channel, for its history. The input's word is taken; only CloudTrail knows for certain. */
export const moverOf = ({ who }: Pick<MoveRequest, 'who'>, execution: string): string =>
  who ?? `the console (execution ${execution.split(':').at(-1)})`;
