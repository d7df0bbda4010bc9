import { expect, test } from '@jest/globals';
import type { Removal } from '../../../core/undo/removal.ts';
import { hasSettled, placesToSee, settlingAfter, settlingOf, type Settling } from '../../../core/undo/settling.ts';

const began = '2026-11-23T03:00:00.000Z';
const cleanUp = { as: 'me', began, settleSeconds: 180 };
const places = ['instances', 'us-east-1', 'eu-west-1'];
const after = (seconds: number) => new Date(new Date(began).getTime() + seconds * 1000);
const known = (quiet: Record<string, number>): Settling => ({
  as: 'me',
  began,
  quiet: Object.fromEntries(Object.entries(quiet).map(([place, seconds]) => [place, after(seconds).toISOString()])),
});
const removal = (more: Partial<Removal> = {}): Removal => ({
  removed: [],
  left: [],
  refused: [],
  kept: [],
  busy: [],
  ...more,
});

test.each<[string, Record<string, number>, number, string[]]>([
  ['the first look sees every place', {}, 0, places],
  ['a place where nothing was left is not looked at again', { 'eu-west-1': 0 }, 60, ['instances', 'us-east-1']],
  ['there may be nothing to look at', { instances: 0, 'us-east-1': 0, 'eu-west-1': 0 }, 179, []],
  [
    'every place is looked at once the build has settled',
    { instances: 0, 'us-east-1': 0, 'eu-west-1': 179 },
    180,
    places,
  ],
  ['a settled look counts', { instances: 180, 'us-east-1': 179, 'eu-west-1': 200 }, 240, ['us-east-1']],
])('%s', (_, quiet, seconds, due) => {
  expect(placesToSee(places, known(quiet), cleanUp, after(seconds))).toEqual(due);
});

test('a place is quiet while nothing there is left, refused or kept', () => {
  const image = { region: 'us-east-1', ami: 'ami-1', snapshots: [], expires: null };
  const before = known({ instances: 10, 'us-east-1': 10, 'eu-west-1': 10 });
  const looks: [string, Removal][] = [
    ['instances', removal({ left: ['i-1'] })],
    ['us-east-1', removal({ kept: [image] })],
    ['eu-west-1', removal({ refused: ['no'] })],
    ['us-west-2', removal({ removed: ['deleted snapshot snap-1'] })],
  ];
  expect(settlingAfter(before, looks, after(20))).toEqual(known({ 'us-west-2': 20 }));
});

test('the looks of another clean-up, or from before a redrive, do not count', () => {
  const quiet = known({ instances: 0 });
  expect(settlingOf(quiet, cleanUp)).toBe(quiet);
  expect(settlingOf(quiet, { ...cleanUp, as: 'another' }).quiet).toEqual({});
  expect(settlingOf(quiet, { ...cleanUp, began: after(600).toISOString() }).quiet).toEqual({});
  expect(settlingOf(undefined, cleanUp)).toEqual({ as: 'me', began, quiet: {} });
});

test('a build has settled after the seconds that the state gives', () => {
  expect([0, 179, 180].map((seconds) => hasSettled(cleanUp, after(seconds)))).toEqual([false, false, true]);
});
