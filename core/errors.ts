import type { FailureName } from './failure-names.ts';

export type { FailureName } from './failure-names.ts';

/** A failure with one of the names of core/failure-names.ts. Its message tells a reader at 3 a.m. what failed, which id, which region and what to do. */
export class Failure extends Error {
  override readonly name: FailureName;
  constructor(name: FailureName, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = name;
  }
}

const refusals: readonly string[] = ['RecipeInvalid', 'RecipeBusy', 'ContentHeld'] satisfies FailureName[];

/** Whether an execution was refused before it could make anything. */
export const isRefusal = (name: string): boolean => refusals.includes(name);

/** Whether the same call to AWS may succeed later. */
export const isTransient = (error: unknown): boolean => error instanceof Failure && error.name === 'AwsTransient';

/**
 * A failure that the same call would meet again, for code that tells it and goes on.
 * @throws what is no such failure: a call that may succeed later, or a mistake of the code.
 */
export function lastingFailure(error: unknown): Failure {
  if (!(error instanceof Failure) || isTransient(error)) throw error;
  return error;
}
