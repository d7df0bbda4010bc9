import type { Awaitable } from '../memory/documents.ts';

/** The parts of an EventBridge event that name the thing it tells about. */
interface ThingEvent {
  'detail-type': string;
  /** Where the thing is. EventBridge leaves it as it is when a rule sends the event to another region. */
  region: string;
  detail: Record<string, unknown>;
}

type IdIn = (detail: Record<string, unknown>) => unknown;

const snapshotIn = (arn: unknown): string | undefined => /:snapshot\/(snap-\w+)$/.exec(String(arn))?.[1];

/** The event of a snapshot that was copied. */
const copiedSnapshot: IdIn = ({ event, snapshot_id: arn }) => (event === 'copySnapshot' ? snapshotIn(arn) : undefined);

/** The event of a set of snapshots names all of them. The state that waits for the set knows it by the first one. */
const firstSnapshot: IdIn = ({ event, snapshots }) => {
  if (event !== 'createSnapshots' || !Array.isArray(snapshots)) return undefined;
  const named = snapshots as ({ snapshot_id?: unknown } | null)[];
  return named.flatMap((one) => snapshotIn(one?.snapshot_id) ?? []).toSorted()[0];
};

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-ami-events.html
// https://docs.aws.amazon.com/ebs/latest/userguide/ebs-cloud-watch-events.html
// https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
const ids: Record<string, { kind: Awaitable['kind']; idIn: IdIn }> = {
  'EC2 Instance State-change Notification': { kind: 'instance', idIn: (detail) => detail['instance-id'] },
  'EC2 AMI State Change': { kind: 'image', idIn: ({ ImageId }) => ImageId },
  'EBS Multi-Volume Snapshots Completion Status': { kind: 'snapshots', idIn: firstSnapshot },
  'EBS Snapshot Notification': { kind: 'snapshots', idIn: copiedSnapshot },
  'EC2 Command Invocation Status-change Notification': { kind: 'command', idIn: (detail) => detail['command-id'] },
};

const isPartOfKey = (text: unknown): text is string => typeof text === 'string' && /^[\w-]+$/.test(text);

/** The thing that an event tells about, if states can wait for it. Id and region become parts of a key, so they must look so. */
export function awaitedIn({ 'detail-type': type, region, detail }: ThingEvent): Awaitable | undefined {
  const known = Object.hasOwn(ids, type) ? ids[type] : undefined;
  const id = known?.idIn(detail);
  return known && isPartOfKey(id) && isPartOfKey(region) ? { kind: known.kind, region, id } : undefined;
}
