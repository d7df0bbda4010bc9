import { ApiError, type Caller } from './actions.ts';
import type { Clock } from './clock.ts';

interface Limit {
  bucket: string;
  size: number;
  /** Tokens a second. */
  refill: number;
}

/** EC2's request token buckets where they differ from the two defaults (aws-facts §1.1). */
const ec2: Record<string, [size: number, refill: number]> = {
  RunInstances: [5, 2],
  StartInstances: [5, 2],
  TerminateInstances: [100, 5],
  CopyImage: [100, 1],
  ModifyImageAttribute: [100, 5],
  ModifySnapshotAttribute: [100, 5],
  DeregisterImage: [100, 5],
  DeleteSnapshot: [100, 5],
  CreateTags: [100, 10],
  DeleteTags: [100, 10],
};

function limitOf(service: string, action: string, input: Record<string, unknown>): Limit | undefined {
  if (service === 'ssm') {
    if (action === 'PutParameter' || action === 'DeleteParameter') return { bucket: action, size: 3, refill: 3 };
    return action.startsWith('GetParameter') ? { bucket: 'GetParameter*', size: 40, refill: 40 } : undefined;
  }
  if (service !== 'ec2') return undefined;
  const [size, refill] = ec2[action] ?? (/^(Describe|Get|List)/.test(action) ? [100, 20] : [50, 5]);
  const costly = /^Describe(Instances|Snapshots|Volumes)$/.test(action) && Object.keys(input).length === 0;
  return costly ? { bucket: `${action} of everything`, size: 50, refill: 10 } : { bucket: action, size, refill };
}

/** Refuses a call for which its account's bucket of the action in the region holds no token. */
export function createThrottle(clock: Clock): (service: string, action: string, input: object, caller: Caller) => void {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (service, action, input, caller) => {
    const limit = limitOf(service, action, input as Record<string, unknown>);
    if (!limit) return;
    const name = [caller.account, caller.region, service, limit.bucket].join(' ');
    const now = clock.now();
    const bucket = buckets.get(name) ?? { tokens: limit.size, at: now };
    buckets.set(name, bucket);
    bucket.tokens = Math.min(limit.size, bucket.tokens + ((now - bucket.at) / 1000) * limit.refill);
    bucket.at = now;
    if (bucket.tokens < 1) throw throttled(service);
    bucket.tokens -= 1;
  };
}

const throttled = (service: string) =>
  service === 'ec2'
    ? new ApiError('RequestLimitExceeded', 'Request limit exceeded.', 503)
    : new ApiError('ThrottlingException', 'Rate exceeded', 400);
