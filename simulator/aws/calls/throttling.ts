import { ApiError, type Caller } from './actions.ts';
import type { Clock } from '../../clock.ts';

/** A bucket's size, and its refill in tokens per second. */
type Limit = readonly [size: number, refill: number];
type Input = Record<string, unknown>;

/** EC2's request buckets that differ from those of their category. */
const requests: Record<string, Limit> = {
  RunInstances: [5, 2],
  StartInstances: [5, 2],
  TerminateInstances: [100, 5],
  CopyImage: [100, 1],
  ModifyImageAttribute: [100, 5],
  ModifySnapshotAttribute: [100, 5],
  DeregisterImage: [100, 5],
  DeleteSnapshot: [100, 5],
  CreateSnapshot: [100, 5],
  CreateSnapshots: [100, 5],
  CreateTags: [100, 10],
  DeleteTags: [100, 10],
  AssociateIamInstanceProfile: [100, 5],
  CreateStoreImageTask: [50, 0.1],
  CreateRestoreImageTask: [50, 0.1],
  DescribeStoreImageTasks: [50, 0.5],
  EnableImageBlockPublicAccess: [1, 0.1],
  DisableImageBlockPublicAccess: [1, 0.1],
  EnableSnapshotBlockPublicAccess: [1, 0.1],
  DisableSnapshotBlockPublicAccess: [1, 0.1],
};
const mutating: Limit = [50, 5];
const reading: Limit = [100, 20];

/** EC2's second bucket of an action. Every instance in a request takes a token from it. */
const instances: Record<string, Limit> = {
  RunInstances: [1000, 2],
  StartInstances: [1000, 2],
  StopInstances: [1000, 20],
  TerminateInstances: [1000, 20],
};

/** A request for all resources at once uses its own bucket. */
const everything: Limit = [50, 10];
const costly = /^Describe(Instances|InstanceStatus|NetworkInterfaces|SecurityGroups|Snapshots|Volumes)$/;
const narrowed = ({ Filters, MaxResults, ...input }: Input) =>
  Filters !== undefined || MaxResults !== undefined || Object.keys(input).some((name) => name.endsWith('Ids'));

interface Price {
  bucket: string;
  limit: Limit;
  tokens: number;
}

/** The buckets that a request takes tokens from. */
export function bucketsOf(service: string, action: string, input: Input): Price[] {
  if (service === 'ssm') {
    if (action === 'PutParameter' || action === 'DeleteParameter')
      return [{ bucket: action, limit: [3, 3], tokens: 1 }];
    return action.startsWith('GetParameter') ? [{ bucket: 'GetParameter*', limit: [40, 40], tokens: 1 }] : [];
  }
  if (service !== 'ec2') return [];
  if (costly.test(action) && !narrowed(input))
    return [{ bucket: `${action} of everything`, limit: everything, tokens: 1 }];
  const limit = requests[action] ?? (/^(Describe|Get|List)/.test(action) ? reading : mutating);
  const prices = [{ bucket: action, limit, tokens: 1 }];
  const named =
    action === 'RunInstances' ? Number(input['MaxCount'] ?? 1) : ((input['InstanceIds'] ?? []) as []).length;
  const perInstance = instances[action];
  if (perInstance) prices.push({ bucket: `${action} instances`, limit: perInstance, tokens: named });
  return prices;
}

/** Refuses a call if one of its account's buckets in the region has too few tokens. A refused call takes no tokens. */
export function createThrottle(clock: Clock): (service: string, action: string, input: object, caller: Caller) => void {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (service, action, input, { account, region }) => {
    const now = clock.now();
    const due = bucketsOf(service, action, input as Input).map(({ bucket: name, limit: [size, refill], tokens }) => {
      const key = [account, region, service, name].join(' ');
      const bucket = buckets.get(key) ?? { tokens: size, at: now };
      buckets.set(key, bucket);
      bucket.tokens = Math.min(size, bucket.tokens + ((now - bucket.at) / 1000) * refill);
      bucket.at = now;
      return { bucket, tokens };
    });
    if (due.some(({ bucket, tokens }) => bucket.tokens < tokens)) throw throttled(service);
    for (const { bucket, tokens } of due) bucket.tokens -= tokens;
  };
}

const throttled = (service: string) =>
  service === 'ec2'
    ? new ApiError('RequestLimitExceeded', 'Request limit exceeded.', 503)
    : new ApiError('ThrottlingException', 'Rate exceeded', 400);
