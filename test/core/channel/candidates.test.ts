import { expect, test } from '@jest/globals';
import { candidateProblems, rollbackOrder, type MoveCandidate } from '../../../core/channel/candidates.ts';
import type { Move } from '../../../core/channel/channel-record.ts';
import type { Manifest } from '../../../core/build/manifest.ts';
import type { AmiDescription } from '../../../core/launch/source.ts';
import { planOf } from '../../support/plan.ts';

const move = (verb: Move['verb'], from: string | undefined, to: string, more: Partial<Move> = {}): Move => ({
  verb,
  execution: `${verb}-${to}`,
  who: 'Ada',
  at: '2026-11-23T03:00:00Z',
  ...(from !== undefined && { from: { build: from } }),
  to: { build: to },
  before: [],
  after: [],
  ...more,
});
const failure = { error: 'PublishFailed', cause: 'no' };

test.each<[string, Move[], string | undefined, string[], string[]]>([
  [
    'the build that it replaced comes first',
    [move('publish', 'a', 'b'), move('publish', 'b', 'c')],
    'c',
    [],
    ['b', 'a'],
  ],
  [
    'after a rollback, the next goes further back, and never to what was rolled back from',
    [move('publish', 'a', 'b'), move('publish', 'b', 'c'), move('rollback', 'c', 'b')],
    'b',
    ['a', 'b', 'c'],
    ['a'],
  ],
  [
    'a build that was promoted again is good again',
    [move('rollback', 'c', 'b'), move('promote', 'b', 'c'), move('publish', 'c', 'd')],
    'd',
    [],
    ['c', 'b'],
  ],
  [
    'a move that failed does not count',
    [move('publish', 'a', 'b'), move('promote', 'b', 'x', { failure })],
    'b',
    [],
    ['a'],
  ],
  ['where no move is known, older builds are, newest first', [], 'c', ['a', 'd', 'b', 'c'], ['b', 'a']],
])('in the order of a rollback, %s', (_, moves, current, builds, order) => {
  expect(rollbackOrder(moves, current, builds)).toEqual(order);
});

const target = { region: 'us-east-1', ami: 'ami-1', status: 'published' };
const manifest = { status: 'published', targets: [target] } as Manifest;
const image = { state: 'available' } as AmiDescription;
const candidate = (more: Partial<MoveCandidate> = {}): MoveCandidate => ({
  build: 'b',
  manifest,
  plan: planOf(),
  images: { 'us-east-1': image },
  ...more,
});

test.each<[string, Partial<MoveCandidate>, string[]]>([
  ['is published and healthy', {}, []],
  [
    'was never built',
    { manifest: undefined },
    ['there is no manifest of b: it was never built here, or it still runs'],
  ],
  [
    'failed',
    { manifest: { ...manifest, status: 'failed', failure: { error: 'CheckFailed' } } as Manifest },
    ['b failed (CheckFailed), so its checks do not count'],
  ],
  [
    'made nothing',
    { manifest: { ...manifest, status: 'up-to-date', image: { name: 'base-a' } } as Manifest },
    ['b made nothing, since base-a was up to date'],
  ],
  ['was judged by no candidate', { plan: { ...planOf(), unjudged: true } }, ['no candidate could judge b']],
  ['has lost its image', { images: {} }, ['ami-1 in us-east-1 is gone']],
  ['has a broken image', { images: { 'us-east-1': { ...image, state: 'error' } } }, ['ami-1 in us-east-1 is error']],
])('a build that %s', (_, more, problems) => {
  expect(candidateProblems(candidate(more), [{ region: 'us-east-1', ami: 'ami-0' }, { region: 'eu-west-1' }])).toEqual(
    problems,
  );
});

test('a build without an image in a region where the channel has one', () => {
  expect(candidateProblems(candidate(), [{ region: 'eu-west-1', ami: 'ami-0' }])).toEqual([
    'b has no image in eu-west-1, where the channel has one',
  ]);
});
