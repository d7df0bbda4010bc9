import { expect, test } from '@jest/globals';
import type { GroupFacts } from '../../../core/preflight/facts.ts';
import { groupsOfHold, notIsolated, rulesOf } from '../../../core/undo/isolation.ts';

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

test.each<[string, string[], string[] | undefined]>([
  ['goes, and a safe one stays', ['unseen', 'shut'], ['shut']],
  ['goes, and the group of the deployment replaces it', ['unseen', 'open'], ['stack']],
  ['leaves nothing to choose if it is the only one, since its VPC is unknown', ['unseen'], undefined],
])('a group that EC2 does not show counts as open: it %s', (_, ids, expected) => {
  const seen = [open, shut, group('stack')];
  expect(groupsOfHold(rulesOf(ids, seen), rulesOf(['stack', 'gone'], seen))).toEqual(expected);
});

test('the reason why nothing is held names the groups that EC2 does not show', () => {
  const none = 'the deployment has no security group in';
  expect(notIsolated(rulesOf(['unseen', 'open'], [open]))).toContain(
    `open of vpc-1 lets something in, and EC2 does not show unseen, so what it lets in is unknown, and ${none} vpc-1`,
  );
  expect(notIsolated(rulesOf(['unseen'], [open]))).toContain(`${none} its VPC`);
});
