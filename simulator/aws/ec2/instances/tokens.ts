import { ApiError, type Caller } from '../../calls/actions.ts';
import type { Region } from '../../state/region.ts';

/**
 * Idempotency as in EC2. The same token with the same parameters returns the same id again (and creates nothing); with other
 * parameters it is refused. A failed call leaves the token unused.
 */
export function onceByToken(
  region: Region,
  caller: Caller,
  action: string,
  input: { ClientToken?: string | undefined },
  make: () => string,
): string {
  const { ClientToken, ...parameters } = input;
  if (ClientToken === undefined) return make();
  if (ClientToken.length > 64)
    throw new ApiError('InvalidParameterValue', 'ClientToken may have at most 64 characters');
  const key = `${caller.account} ${action} ${ClientToken}`;
  const request = JSON.stringify(parameters, (_key, value: unknown) => sorted(value));
  const first = region.tokens.get(key);
  if (!first) {
    const id = make();
    region.tokens.set(key, { request, id });
    return id;
  }
  if (first.request === request) return first.id;
  throw new ApiError(
    'IdempotentParameterMismatch',
    'The request uses the same client token as a previous, but non-identical request.',
  );
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
