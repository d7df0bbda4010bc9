import type { ExecutionReference } from '../build/identity.ts';
import type { Plan } from '../build/plan.ts';

// EC2 documents how long it remembers the token of RunInstances, which is a day, but not that of CopyImage.
const trustedSeconds = 3600;

/** Whether the execution made all that there is of a build: it planned the build, and the build was not undone and started again. */
export const isMadeHere = (
  { execution, resumedAt }: Pick<Plan, 'execution' | 'resumedAt'>,
  own: Pick<ExecutionReference, 'id'>,
): boolean => execution === own.id && resumedAt === undefined;

/**
 * Whether nothing of a build can be there except what an earlier attempt of the same call made. EC2 then answers the call's
 * token or name with that thing, so nobody need look for it first. It is so for the execution that planned the build, within
 * the hour, and no longer once a build was undone and started again.
 */
export const isFirstTry = (
  plan: Pick<Plan, 'execution' | 'startedAt' | 'resumedAt'>,
  own: Pick<ExecutionReference, 'id'>,
  now: Date,
): boolean => isMadeHere(plan, own) && now.getTime() - new Date(plan.startedAt).getTime() < trustedSeconds * 1000;
