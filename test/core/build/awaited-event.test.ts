import { expect, test } from '@jest/globals';
import { awaitedIn } from '../../../core/build/awaited-event.ts';
import { keyOf } from '../../../core/memory/documents.ts';

const stopped = 'EC2 Instance State-change Notification';

test.each([
  [stopped, { 'instance-id': 'i-0123456789abcdef0', state: 'stopped' }, 'waits/instance/i-0123456789abcdef0.json'],
  [
    'EC2 AMI State Change',
    { ImageId: 'ami-0123456789abcdef0', State: 'available' },
    'waits/image/ami-0123456789abcdef0.json',
  ],
  [
    'EC2 Command Invocation Status-change Notification',
    { 'command-id': '8cef1b2c-9a47-4d7c-8a5b-0123456789ab', status: 'Success' },
    'waits/command/8cef1b2c-9a47-4d7c-8a5b-0123456789ab.json',
  ],
])('the event "%s" is about the thing it names', (type, detail, key) => {
  const awaited = awaitedIn({ 'detail-type': type, detail });
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
  ['an unknown kind of event', 'EC2 Spot Instance Interruption Warning', { 'instance-id': 'i-1' }],
  ['a kind that every object has', 'constructor', { undefined: 'i-1' }],
])('an event with %s is about nothing, so that wake reads no key', (_, type, detail) => {
  expect(awaitedIn({ 'detail-type': type, detail })).toBeUndefined();
});
