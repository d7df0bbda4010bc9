import { Failure } from '../core/errors.ts';

/** A call being made: the IAM action, its region and the thing it is about. */
export interface Asked {
  action: string;
  region: string;
  /** Id or name of what the call is about. */
  about?: string | undefined;
}

interface SdkError {
  name: string;
  message: string;
  $fault?: string;
  $metadata?: { requestId?: string; httpStatusCode?: number };
}

// Codes by which AWS says "not now"; https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and the
// SDK's own lists. ResourceLimitExceeded is EC2's word for too many copies at once.
const transient =
  /^(RequestLimitExceeded|Throttl\w*|\w*Throttl\w*Exception|TooManyRequests\w*|RequestThrottled\w*|SlowDown|TooManyUpdates|InternalError|InternalFailure|InternalServerError|ServiceUnavailable\w*|Unavailable|RequestTimeout\w*|TimeoutError|ConcurrentTagAccess|ResourceLimitExceeded|PriorRequestNotComplete|SnapshotCreationPerVolumeRateExceeded|ConcurrentCreateImageNoRebootLimitExceeded|ECONN\w+|EPIPE|ETIMEDOUT|EAI_AGAIN|NetworkingError)$/;

/** AWS's error code of a failed call, also where it became a Failure of ours. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return error instanceof Failure ? codeOf(error.cause) : ((error as { code?: string }).code ?? error.name);
}

function translate(error: unknown, { action, region, about }: Asked, soon: readonly (string | RegExp)[]): Failure {
  const { name, message, $fault, $metadata } = error as SdkError;
  const code = codeOf(error) ?? name;
  const status = $metadata?.httpStatusCode ?? 0;
  const notYet = soon.some((one) => (typeof one === 'string' ? one === code : one.test(`${code}: ${message}`)));
  const later = notYet || transient.test(code) || transient.test(name) || $fault === 'server' || status >= 500;
  const request = $metadata?.requestId ? `, request ${$metadata.requestId}` : '';
  const what = `${action}${about ? ` of ${about}` : ''} in ${region}: ${code}: ${message}${request}`;
  const next = later
    ? 'AWS asks to come back later'
    : 'it would be refused again: look at permissions, quotas and the recipe';
  return new Failure(later ? 'AwsTransient' : 'AwsRefused', `${what}; ${next}`, { cause: error });
}

/**
 * Makes a call and turns what AWS refuses into a Failure. The only place that looks at AWS error codes.
 * @param unless Answers for codes that are no failure here, e.g. "already gone" when deleting.
 * @param soon Codes, or patterns of code and message, that mean "not yet" here: EC2 may not know for minutes what it has just made or changed.
 * @throws AwsTransient, AwsRefused
 */
export async function ask<T, U = never>(
  asked: Asked,
  call: () => Promise<T>,
  unless: Record<string, () => U | Promise<U>> = {},
  soon: readonly (string | RegExp)[] = [],
): Promise<T | U> {
  try {
    return await call();
  } catch (error) {
    const expected = unless[codeOf(error) ?? ''];
    if (expected) return expected();
    throw translate(error, asked, soon);
  }
}

/**
 * What EC2 says of our own fresh things until all of it knows them, for up to minutes.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export const notYetKnown = {
  image: ['InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable'],
  snapshot: ['InvalidSnapshot.NotFound'],
  instance: [
    'InvalidInstanceID.NotFound',
    'IncorrectInstanceState',
    /^InvalidParameterValue: Instance is not in state/,
  ],
} as const;

/** All pages of a listing. */
export async function everyPage<P extends { NextToken?: string | undefined }, T>(
  page: (token: string | undefined) => Promise<P>,
  items: (page: P) => T[] | undefined,
): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const answer = await page(token);
    all.push(...(items(answer) ?? []));
    token = answer.NextToken || undefined;
  } while (token);
  return all;
}
