import { expect, test } from '@jest/globals';
import type { GroupFacts } from '../../../core/preflight/facts.ts';
import { groupsOfHold } from '../../../core/undo/isolation.ts';

const group = (name: string, changes: Partial<GroupFacts> = {}): GroupFacts => ({
  group: name,
  vpc: 'vpc-1',
  https: true,
  inbound: false,
  ...changes,
});
const open = group('open', { inbound: true });
const shut = group('shut');
const mute = group('mute', { https: false });
const elsewhere = group('elsewhere', { vpc: 'vpc-2' });

test.each<[string, GroupFacts[], GroupFacts[], string[] | undefined]>([
  ['keeps its groups if nothing comes in', [shut, mute], [group('stack')], ['shut', 'mute']],
  ['keeps those of its groups that let nothing in', [open, shut], [group('stack')], ['shut']],
  ['goes into the group of the deployment if all of its own let something in', [open], [group('stack')], ['stack']],
  ['keeps a way out for its agent', [open, mute], [group('stack')], ['stack']],
  ['cannot go into a group of another VPC', [open], [elsewhere], undefined],
  [
    'cannot go into a group of the deployment that lets something in',
    [open],
    [group('stack', { inbound: true })],
    undefined,
  ],
])('a held instance %s', (_, own, deployments, expected) => {
  expect(groupsOfHold(own, deployments)).toEqual(expected);
});
