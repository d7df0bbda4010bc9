import { expect, test } from '@jest/globals';
import { awaitedIn } from '../../../core/build/awaited-event.ts';
import { keyOf } from '../../../core/memory/documents.ts';

const set = 'EBS Multi-Volume Snapshots Completion Status';
const stopped = 'EC2 Instance State-change Notification';

test.each([
  [
    stopped,
    { 'instance-id': 'i-0123456789abcdef0', state: 'stopped' },
    'waits/instance/us-east-1/i-0123456789abcdef0.json',
  ],
  [
    'EC2 AMI State Change',
    { ImageId: 'ami-0123456789abcdef0', State: 'available' },
    'waits/image/us-east-1/ami-0123456789abcdef0.json',
  ],
  [
    'EBS Multi-Volume Snapshots Completion Status',
    {
      event: 'createSnapshots',
      snapshots: ['snap-0b', 'snap-0a'].map((id) => ({ snapshot_id: `arn:aws:ec2::us-east-1:snapshot/${id}` })),
    },
    'waits/snapshots/us-east-1/snap-0a.json',
  ],
  [
    'EBS Snapshot Notification',
    {
      event: 'copySnapshot',
      snapshot_id: 'arn:aws:ec2::us-east-1:snapshot/snap-0a',
      source: 'arn:aws:ec2::us-east-1:snapshot/snap-0b',
    },
    'waits/snapshots/us-east-1/snap-0a.json',
  ],
  [
    'EC2 Command Invocation Status-change Notification',
    { 'command-id': '8cef1b2c-9a47-4d7c-8a5b-0123456789ab', status: 'Success' },
    'waits/command/us-east-1/8cef1b2c-9a47-4d7c-8a5b-0123456789ab.json',
  ],
])('the event "%s" is about the thing it names', (type, detail, key) => {
  const awaited = awaitedIn({ 'detail-type': type, region: 'us-east-1', detail });
  expect(awaited && keyOf(awaited, 'wait')).toBe(key);
});

test.each([
  ['another folder', stopped, { 'instance-id': '../../builds/base/lock' }],
  ['a folder below', stopped, { 'instance-id': 'i-1/../image/ami-1' }],
  ['an encoded path', stopped, { 'instance-id': '..%2Fbuilds%2Fbase%2Flock' }],
  ['two lines', stopped, { 'instance-id': 'i-1\ni-2' }],
  ['nothing', stopped, { 'instance-id': '' }],
  ['no id', stopped, {}],
  ['a list', stopped, { 'instance-id': ['i-1'] }],
  ['the id of another kind of event', stopped, { ImageId: 'ami-0123456789abcdef0' }],
  ['snapshots of another call', set, { event: 'copySnapshots', snapshots: [{ snapshot_id: 'a:snapshot/snap-0a' }] }],
  [
    'a snapshot of a volume',
    'EBS Snapshot Notification',
    { event: 'createSnapshot', snapshot_id: ':snapshot/snap-0a' },
  ],
  ['no snapshots', set, { event: 'createSnapshots', snapshots: [] }],
  ['snapshots without ids', set, { event: 'createSnapshots', snapshots: [null, {}, { snapshot_id: 7 }, 'snap-0a'] }],
  ['a path for a snapshot', set, { event: 'createSnapshots', snapshots: [{ snapshot_id: ':snapshot/../lock' }] }],
  ['an unknown kind of event', 'EC2 Spot Instance Interruption Warning', { 'instance-id': 'i-1' }],
  ['a kind that every object has', 'constructor', { undefined: 'i-1' }],
])('an event with %s is about nothing, so that wake reads no key', (_, type, detail) => {
  expect(awaitedIn({ 'detail-type': type, region: 'us-east-1', detail })).toBeUndefined();
});

test.each(['../eu-west-1', '', 'eu-west-1/x', undefined as never])(
  'an event of the region "%s" is about nothing',
  (region) => {
    const event = { 'detail-type': stopped, region, detail: { 'instance-id': 'i-0123456789abcdef0' } };
    expect(awaitedIn(event)).toBeUndefined();
  },
);

test('an id in another region is another thing', () => {
  const key = (region: string) => {
    const awaited = awaitedIn({ 'detail-type': 'EC2 AMI State Change', region, detail: { ImageId: 'ami-1' } });
    return awaited && keyOf(awaited, 'wait');
  };
  expect(key('eu-west-1')).toBe('waits/image/eu-west-1/ami-1.json');
  expect(key('us-east-1')).toBe('waits/image/us-east-1/ami-1.json');
});
