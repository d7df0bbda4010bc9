import type { Awaitable } from '../memory/documents.ts';

/** The parts of an EventBridge event that name the thing it tells about. */
interface ThingEvent {
  'detail-type': string;
  /** Where the thing is. EventBridge leaves it as it is when a rule sends the event to another region. */
  region: string;
  detail: Record<string, unknown>;
}

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-ami-events.html
// https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
const ids: Record<string, { kind: Awaitable['kind']; key: string }> = {
  'EC2 Instance State-change Notification': { kind: 'instance', key: 'instance-id' },
  'EC2 AMI State Change': { kind: 'image', key: 'ImageId' },
  'EC2 Command Invocation Status-change Notification': { kind: 'command', key: 'command-id' },
};

const isPartOfKey = (text: unknown): text is string => typeof text === 'string' && /^[\w-]+$/.test(text);

/** The thing that an event tells about, if states can wait for it. Id and region become parts of a key, so they must look so. */
export function awaitedIn({ 'detail-type': type, region, detail }: ThingEvent): Awaitable | undefined {
  const known = Object.hasOwn(ids, type) ? ids[type] : undefined;
  const id = known && detail[known.key];
  return known && isPartOfKey(id) && isPartOfKey(region) ? { kind: known.kind, region, id } : undefined;
}
