import { expect, test } from '@jest/globals';
import {
  channelParameter,
  channelReferenceParameter,
  ledgerOf,
  needsClosing,
  takenBack,
  toRestore,
  type ChannelLedger,
} from '../../../core/distribute/channel.ts';

const ledger: ChannelLedger = {
  parameter: '/golden/base/stable',
  before: [{ region: 'us-east-1', ami: 'ami-old' }, { region: 'eu-west-1' }],
  after: [
    { region: 'us-east-1', ami: 'ami-new' },
    { region: 'eu-west-1', ami: 'ami-copy' },
  ],
  complete: false,
};

test('a channel is one parameter, however it is referred to', () => {
  expect(channelReferenceParameter('/golden', 'base/stable')).toBe(channelParameter('/golden', 'base', 'stable'));
});

test('an incomplete publish is taken back where it was written: an old value returns, a new parameter goes', () => {
  const now = [
    { region: 'us-east-1', ami: 'ami-new' },
    { region: 'eu-west-1', ami: 'ami-copy' },
  ];
  expect(toRestore(ledger, now)).toEqual(ledger.before);
});

test('what a channel held is written down once, and again where a publish that was taken back is repeated later', () => {
  const { parameter, before, after } = ledger;
  expect(ledgerOf(undefined, parameter, before, after)).toEqual(ledger);
  const halfDone = [{ region: 'us-east-1', ami: 'ami-new' }, { region: 'eu-west-1' }];
  expect(ledgerOf(ledger, parameter, halfDone, after)).toEqual(ledger);
  const since = [
    { region: 'us-east-1', ami: 'ami-by-hand' },
    { region: 'eu-west-1', ami: 'ami-copy' }, // AWS refused to take that one back
  ];
  const anew = [after[0]!, { region: 'eu-west-1', ami: 'ami-copied-anew' }];
  const again = ledgerOf(ledger, parameter, since, anew);
  expect(again).toEqual({ ...ledger, before: [since[0], { region: 'eu-west-1' }], after: anew });
  expect(toRestore(again, anew)).toEqual(again.before);
});

test('a region that was never written stays as it is', () => {
  expect(toRestore(ledger, [{ region: 'us-east-1', ami: 'ami-new' }, { region: 'eu-west-1' }])).toEqual([
    { region: 'us-east-1', ami: 'ami-old' },
  ]);
});

test('a value that somebody else wrote since is not touched', () => {
  const now = [{ region: 'us-east-1', ami: 'ami-by-hand' }, { region: 'eu-west-1' }];
  expect(toRestore(ledger, now)).toEqual([]);
});

test('a complete publish is never taken back', () => {
  expect(toRestore({ ...ledger, complete: true }, ledger.after)).toEqual([]);
});

test('a clean-up marks a ledger as taken back once, unless the publish is complete or none can begin unseen', () => {
  expect(needsClosing(ledger, true)).toBe(true);
  expect(needsClosing(takenBack(ledger), true)).toBe(false);
  expect(needsClosing({ ...ledger, complete: true }, true)).toBe(false);
  expect(needsClosing(undefined, true)).toBe(false);
  expect(needsClosing(undefined, false)).toBe(true);
  expect(needsClosing(takenBack(undefined), false)).toBe(false);
});
