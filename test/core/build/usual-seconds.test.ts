import { expect, test } from '@jest/globals';
import type { Timing } from '../../../core/build/timings.ts';
import { usualSeconds } from '../../../core/build/usual-seconds.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 3, 0, second)).toISOString();
const visit = (state: string, startedAt: number, seconds: number, index?: number): Timing => ({
  state,
  startedAt: at(startedAt),
  seconds,
  ...(index !== undefined && { index }),
});
const made = {
  places: [{ region: 'us-east-1' }, { region: 'eu-west-1' }],
  home: 'us-east-1',
  targets: [],
  provision: ['patch', 'sanitize'],
  checks: ['boots'],
};

test('the next build learns how long each wait of the last one took', () => {
  const timings = [
    visit('AwaitBuilder', 0, 33),
    visit('AwaitCommand', 40, 5, 0),
    visit('AwaitCommand', 50, 7, 1),
    visit('AwaitCopy', 100, 63, 1),
  ];
  expect(usualSeconds(timings, made)).toEqual({
    builder: 33,
    provision: { patch: 5, sanitize: 7 },
    checks: {},
    copies: { 'eu-west-1': 63 },
  });
});

test('a wait that was gone through twice teaches nothing', () => {
  expect(usualSeconds([visit('Seal', 0, 30), visit('Seal', 60, 10)], made).stop).toBeUndefined();
  const repeated = [visit('AwaitCommand', 0, 5, 0), visit('AwaitCommand', 9, 5, 0)];
  expect(usualSeconds(repeated, made).provision).toEqual({});
});

test('of an image it learns when EC2 had completed it, not when a late look saw that', () => {
  const timings = [visit('AwaitImage', 0, 98), visit('AwaitCopy', 100, 171, 1)];
  const targets = [
    { region: 'us-east-1', completedAt: at(97) },
    { region: 'eu-west-1', completedAt: at(223) },
  ];
  expect(usualSeconds(timings, { ...made, targets })).toMatchObject({ image: 97, copies: { 'eu-west-1': 123 } });
});

test('an image that was complete before the wait for it began teaches nothing', () => {
  const timings = [visit('AwaitImage', 500, 0.1), visit('AwaitCopy', 500, 0.1, 1)];
  const targets = [
    { region: 'us-east-1', completedAt: at(97) },
    { region: 'eu-west-1', completedAt: at(223) },
  ];
  const learned = usualSeconds(timings, { ...made, targets });
  expect([learned.image, learned.copies]).toEqual([undefined, {}]);
});

test('of two steps of one name it learns nothing, since nobody could tell them apart in another order', () => {
  const timings = [5, 6, 7].map((seconds, index) => visit('AwaitCommand', 10 * index, seconds, index));
  expect(usualSeconds(timings, { ...made, provision: ['restart', 'patch', 'restart'] }).provision).toEqual({
    patch: 6,
  });
});

test('a slow copy was awaited from its start, also while a second one was beside it', () => {
  const timings = [visit('AwaitCopy', 100, 900, 1), visit('AwaitCopy', 1001, 600, 1)];
  expect(usualSeconds(timings, made).copies).toEqual({ 'eu-west-1': 1501 });
});
