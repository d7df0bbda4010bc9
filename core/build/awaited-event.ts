import type { Awaitable } from '../memory/documents.ts';

/** The parts of an EventBridge event that name the thing it tells about. */
interface ThingEvent {
  'detail-type': string;
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

/** The thing that an event tells about, if states can wait for it. The id becomes part of a key, so it must look like one. */
export function awaitedIn({ 'detail-type': type, detail }: ThingEvent): Awaitable | undefined {
  const known = Object.hasOwn(ids, type) ? ids[type] : undefined;
  const id = known && detail[known.key];
  return known && typeof id === 'string' && /^[\w-]+$/.test(id) ? { kind: known.kind, id } : undefined;
}
