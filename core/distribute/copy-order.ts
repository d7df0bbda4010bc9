/** When an image is copied to its other regions: the key `copies` of a recipe. */
export type CopyOrder = 'auto' | 'beside-checks' | 'after-checks';

/** `$.order` of the state machine: what CheckAndCopy does when the build first comes there. */
interface FirstRound {
  checks: true;
  /** Whether the image is copied while its checks run. */
  copies: boolean;
}

/** What the order depends on in the record of a recipe: the errors since its last published build, newest last. */
export interface PastFailures {
  failures: readonly { error: string }[];
}

/** Failures that come after the checks have passed. */
const afterChecks = new Set(['TargetsIncomplete', 'PublishFailed']);

/**
 * Decides whether an image is copied while its checks run. Copies are made for nothing if a check then fails, so `auto` waits for
 * the checks after a build that failed one. Builds that failed before their checks ended do not count.
 * @param copies Absent in plans of earlier versions.
 */
export function firstRound(copies: CopyOrder | undefined, { failures }: PastFailures): FirstRound {
  const judged = failures.findLast(({ error }) => error === 'CheckFailed' || afterChecks.has(error));
  const late = copies === 'after-checks' || (copies !== 'beside-checks' && judged?.error === 'CheckFailed');
  return { checks: true, copies: !late };
}
