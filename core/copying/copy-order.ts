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
  failures: readonly { error: string; state?: string | undefined }[];
}

/** Failures that come after the checks have passed. */
const afterChecks = new Set(['TargetsIncomplete', 'PublishFailed']);

/** A candidate that never boots, or dies during its checks, is as bad as a failed check. Room that EC2 lacks is not the image's fault. */
const ofCandidate = new Set(['AwaitCandidate', 'SendCheck', 'AwaitCheck']);
const ofImage = new Set(['BuilderFailed', 'WaitTimedOut']);
const isRejected = ({ error, state = '' }: PastFailures['failures'][number]): boolean =>
  error === 'CheckFailed' || (ofCandidate.has(state) && ofImage.has(error));

/**
 * Decides whether an image is copied while its checks run. Copies are made for nothing if a check then fails, so `auto` waits for
 * the checks after a build whose image was no good. Builds that failed before their checks ended do not count.
 * @param copies Absent in plans of earlier versions.
 */
export function firstRound(copies: CopyOrder | undefined, { failures }: PastFailures): FirstRound {
  const judged = failures.findLast((failure) => isRejected(failure) || afterChecks.has(failure.error));
  const rejected = judged !== undefined && isRejected(judged);
  const late = copies === 'after-checks' || (copies !== 'beside-checks' && rejected);
  return { checks: true, copies: !late };
}
