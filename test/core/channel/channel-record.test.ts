import { expect, test } from '@jest/globals';
import {
  decideBeginning,
  settledValues,
  withEnded,
  withTakenBack,
  type ChannelRecord,
  type Move,
  type Mover,
} from '../../../core/channel/channel-record.ts';

const move = (execution: string, more: Partial<Move> = {}): Move => ({
  verb: 'promote',
  execution,
  who: 'Ada',
  at: '2026-11-23T03:00:00Z',
  to: { build: 'b' },
  before: [{ region: 'us-east-1', ami: 'ami-a' }, { region: 'eu-west-1' }],
  after: [
    { region: 'us-east-1', ami: 'ami-b' },
    { region: 'eu-west-1', ami: 'ami-b' },
  ],
  ...more,
});
const record = (underway?: Move, ...moves: Move[]): ChannelRecord => ({
  schema: 1,
  parameter: '/golden/base/prod',
  ...(underway && { underway }),
  moves,
});
const [mine, other] = [move('mine'), move('other')];
const interrupted: Move = { ...other, failure: expect.objectContaining({ error: 'Interrupted' }) as never };

test.each<[string, ChannelRecord | undefined, Mover | undefined, unknown]>([
  ['that never moved', undefined, undefined, { write: record(mine) }],
  ['that somebody moves is left to them', record(other), 'runs', { busy: '/golden/base/prod is being moved by other' }],
  ['of a dead move is taken over', record(other), 'dead', { write: record(mine, interrupted) }],
  ['of a publish that completed is taken over', record(other), 'complete', { write: record(mine, other) }],
])('a channel %s', (_, known, mover, beginning) => {
  expect(decideBeginning(known, '/golden/base/prod', mine, mover)).toEqual(beginning);
});

const half = [{ region: 'us-east-1', ami: 'ami-b' }, { region: 'eu-west-1' }];
test.each<[Mover | undefined, unknown]>([
  ['dead', other.before],
  ['complete', half],
  [undefined, half],
])('the half that a %s move wrote', (mover, settled) => {
  expect(settledValues(mover && other, mover, half)).toEqual(settled);
});

test('a region that somebody else wrote since is not taken for that of a dead move', () => {
  const now = [
    { region: 'us-east-1', ami: 'ami-c' },
    { region: 'eu-west-1', ami: 'ami-b' },
  ];
  expect(settledValues(other, 'dead', now)).toEqual([now[0], { region: 'eu-west-1' }]);
});

test('an end is written once, and leaves the channel to whom it belongs', () => {
  expect(withEnded(record(mine), mine)).toEqual(record(undefined, mine));
  expect(withEnded(record(undefined, mine), mine)).toBeUndefined();
  const failure = { error: 'TargetsIncomplete', cause: 'no' };
  expect(withEnded(record(other), mine, failure)).toEqual(record(other, { ...mine, failure }));
});

test('the document does not grow for ever', () => {
  const moves = Array.from({ length: 250 }, (_, n) => move(`old-${n}`));
  expect(withEnded(record(mine, ...moves), mine)?.moves).toHaveLength(200);
});

test('a move that is taken back is marked once, and its end forgets the mark', () => {
  const marked = withTakenBack(record(mine), 'mine');
  expect(marked?.underway).toEqual({ ...mine, takenBack: true });
  expect(withTakenBack(marked, 'mine')).toBeUndefined();
  expect(withTakenBack(record(other), 'mine')).toBeUndefined();
  expect(withTakenBack(undefined, 'mine')).toBeUndefined();
  const failure = { error: 'PublishFailed', cause: 'no' };
  expect(withEnded(marked as ChannelRecord, mine, failure)?.moves).toEqual([{ ...mine, failure }]);
});
