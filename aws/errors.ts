import { Failure, type FailureName } from '../core/errors.ts';
import type { Meaning } from './codes/meaning.ts';
import { readAnswer } from './codes/codes.ts';

/** A call being made: the IAM action, its region and the thing that it concerns. */
interface ApiCall {
  action: string;
  region: string;
  /** Id or name of the thing that the call concerns. */
  about?: string | undefined;
}

interface SdkError {
  name: string;
  message: string;
  $fault?: string;
  $metadata?: { requestId?: string; httpStatusCode?: number };
}

/** AWS's error code of a failed call, even if the error was turned into a Failure. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return error instanceof Failure ? codeOf(error.cause) : ((error as { code?: string }).code ?? error.name);
}

interface Read {
  meaning: Meaning;
  failure: () => Failure;
}

const nexts: Record<Meaning, [name: FailureName, next: string]> = {
  passing: ['AwsTransient', 'AWS asks to come back later'],
  'not yet': ['AwsTransient', 'AWS asks to come back later'],
  later: ['LimitReached', 'AWS lets it through when something else has ended, which can take hours'],
  capacity: ['CapacityUnavailable', 'add instance types or subnets to `builder`, or try later'],
  gone: ['AwsRefused', 'there is no such thing any more'],
  answer: ['AwsRefused', 'it would be refused again: look at permissions, quotas and the recipe'],
  refused: ['AwsRefused', 'it would be refused again: look at permissions, quotas and the recipe'],
};

function read(error: unknown, { action, region, about }: ApiCall): Read {
  const { name, message, $fault, $metadata } = error as SdkError;
  const code = codeOf(error) ?? name;
  const serverFault = $fault === 'server' || ($metadata?.httpStatusCode ?? 0) >= 500 || code.startsWith('ECONN');
  const { is: meaning, advice } = readAnswer({ action, code, message, serverFault });
  return {
    meaning,
    failure() {
      const [failure, next] = nexts[meaning];
      const request = $metadata?.requestId ? `, request ${$metadata.requestId}` : '';
      const what = `${action}${about ? ` of ${about}` : ''} in ${region}: ${code}: ${message}${request}`;
      const refused = failure === 'AwsRefused' ? advice : undefined;
      return new Failure(failure, `${what}; ${refused ?? next}`, { cause: error });
    },
  };
}

/**
 * Makes a call and turns an AWS error into a Failure, by the table of codes.
 * @param unless Answers for codes, or for all codes of one meaning, that are no failure here, e.g. `gone` when deleting. An
 * answer gets the code, and the failure that would be thrown without it.
 * @throws AwsTransient, LimitReached, CapacityUnavailable, AwsRefused
 */
export async function ask<T, U = never>(
  asked: ApiCall,
  call: () => Promise<T>,
  unless: Record<string, (code: string, failure: () => Failure) => U | Promise<U>> = {},
): Promise<T | U> {
  try {
    return await call();
  } catch (error) {
    const { meaning, failure } = read(error, asked);
    const code = codeOf(error) ?? '';
    const expected = unless[code] ?? unless[meaning];
    if (expected) return expected(code, failure);
    throw failure();
  }
}

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
