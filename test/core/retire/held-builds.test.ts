import { expect, test } from '@jest/globals';
import { heldBuilds, neededBuilds } from '../../../core/retire/held-builds.ts';
import { buildOf, moveTo } from './retired.ts';

const parameter = '/golden/base/stable';
const builds = [50, 40, 30, 20, 10].map(buildOf);
const moves = [moveTo(50), moveTo(40, 50), moveTo(30, 40)];
const channel = { parameter, holds: [buildOf(30)], moves };

test('a channel needs the build that it holds, and the one that a rollback goes to', () => {
  expect(neededBuilds({ channels: [channel], launchable: builds })).toEqual(
    new Map([
      [buildOf(40), `a rollback of ${parameter} would go to it`],
      [buildOf(30), `${parameter} holds it`],
    ]),
  );
});

test('a rollback goes past builds that cannot be launched', () => {
  const launchable = builds.filter((build) => build !== buildOf(40));
  expect([...neededBuilds({ channels: [channel], launchable }).keys()].toSorted()).toEqual([buildOf(50), buildOf(30)]);
});

test('regions that hold different builds need all of them', () => {
  const mixed = { ...channel, holds: [buildOf(30), buildOf(20)] };
  expect([...neededBuilds({ channels: [mixed], launchable: builds }).keys()]).toContain(buildOf(20));
});

test('a channel whose parameters somebody deleted needs what its last move put there', () => {
  expect(neededBuilds({ channels: [{ ...channel, holds: [] }], launchable: builds }).has(buildOf(30))).toBe(true);
});

test('a move that is underway needs both of its builds', () => {
  const moving = { ...channel, underway: moveTo(10, 30) };
  expect(neededBuilds({ channels: [moving], launchable: builds }).get(buildOf(10))).toBe(`${parameter} is being moved`);
});

test('anything newer than a build that is needed stays, and so do the newest builds', () => {
  const held = heldBuilds({ published: builds, launchable: builds, channels: [channel], keep: 1 });
  expect(builds.filter((build) => !held.has(build))).toEqual([buildOf(50)]);
  expect(held.get(buildOf(20))).toBe(`it is newer than ${buildOf(40)}, which is needed`);
  const free = heldBuilds({ published: builds, launchable: builds, channels: [], keep: 2 });
  expect([...free]).toEqual([
    [buildOf(10), 'it is one of the newest 2'],
    [buildOf(20), 'it is one of the newest 2'],
  ]);
});
