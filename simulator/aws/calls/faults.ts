import { ApiError, ConnectionLost } from './actions.ts';
import type { Scenario } from '../../pipeline/scenario.ts';

type Fault = Scenario['api'][number];

/**
 * The faults of a scenario that hit this call. Call it once per call, since it counts the call for every active rule that
 * matches.
 */
export function createFaults(rules: () => Fault[]): (service: string, action: string, region: string) => Fault[] {
  const seen = new Map<Fault, number>();
  return (service, action, region) =>
    rules().filter((rule) => {
      if (rule.action !== `${service}:${action}` || (rule.region ?? region) !== region) return false;
      const call = (seen.get(rule) ?? 0) + 1;
      seen.set(rule, call);
      return call >= rule.call && call < rule.call + (rule.times ?? Infinity);
    });
}

/** HTTP statuses of error codes that are not the client's fault. The SDK's reaction to a code depends on the status. */
const serverErrors: Record<string, number> = {
  InsufficientInstanceCapacity: 500,
  InsufficientCapacity: 500,
  InsufficientVolumeCapacity: 500,
  InternalError: 500,
  InternalFailure: 500,
  InternalServerError: 500,
  RequestLimitExceeded: 503,
  ServiceUnavailable: 503,
  SlowDown: 503,
  Unavailable: 503,
  UnauthorizedOperation: 403,
  AccessDenied: 403,
  AuthFailure: 403,
};

/** AWS's error of this code. A code of the operating system, such as ECONNRESET, means a dropped connection. */
export function errorOf({
  error,
  message = `${error} (made up)`,
}: {
  error: string;
  message?: string | undefined;
}): Error {
  if (/^E[A-Z]+(_[A-Z]+)*$/.test(error)) return new ConnectionLost(error);
  return new ApiError(error, message, serverErrors[error] ?? 400);
}
