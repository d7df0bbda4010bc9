// Every state that EC2 knows of an AMI, and what each part of the pipeline makes of it.
import { expect, test } from '@jest/globals';
import { measureChannel } from '../../../core/distribute/channel-health.ts';
import { decideSweep } from '../../../core/sweep/sweep.ts';
import type { AmiDescription } from '../../../core/launch/source.ts';

const now = new Date('2026-11-27T05:00:00Z');
const [region, id, recipe, build] = ['us-east-1', 'ami-1', 'base', '20261001-030000-0000'];
const image = (state: string, more: object = {}) =>
  ({ ami: id, region, state, createdAt: '2026-11-20T05:00:00Z', tags: {}, ...more }) as AmiDescription;

/** What the sweep does with an AMI of a published build, and of one that nobody published. */
function swept(state: string): [string, string] {
  const fate = (published: boolean) => {
    const tags = { 'golden:recipe': recipe, 'golden:build': build };
    const thing = {
      kind: 'image' as const,
      id,
      region,
      owner: 'us',
      state,
      createdAt: '2026-10-01T03:00:00Z',
      tags,
      snapshots: [],
    };
    const builds = new Map([[`${recipe}/${build}`, { published, owner: 'arn:x', running: false }]]);
    const { remove, spared } = decideSweep({ account: 'us', things: [thing], builds, channels: new Map() }, now, 50);
    return remove.length > 0 ? 'removed' : spared.length > 0 ? 'spared' : 'left';
  };
  return [fate(true), fate(false)];
}

test.each([
  // state, of a published build, of another build, whether a channel may hold it
  ['available', 'left', 'removed', true],
  ['disabled', 'left', 'left', false],
  ['pending', 'left', 'removed', false],
  ['transient', 'left', 'removed', false],
  ['deregistered', 'left', 'left', false],
  ['failed', 'removed', 'removed', false],
  ['invalid', 'removed', 'removed', false],
  ['error', 'removed', 'removed', false],
])('an AMI that is %s', (state, published, unpublished, launches) => {
  expect(swept(state)).toEqual([published, unpublished]);
  const seen = [{ region, ami: id, image: image(state) }];
  const { values, about } = measureChannel(recipe, 'stable', '/golden/base/stable', seen, now);
  expect(values['BrokenChannels']).toBe(launches ? 0 : 1);
  expect(about?.['broken']).toEqual(
    Array.from({ length: launches ? 0 : 1 }, () => expect.stringContaining(`which is ${state}`)),
  );
});

test('a deprecated AMI still launches, so a channel that holds it is not broken', () => {
  const seen = [{ region, ami: id, image: image('available', { deprecatedAt: '2026-11-26T05:00:00Z' }) }];
  expect(measureChannel(recipe, 'stable', '/golden/base/stable', seen, now).values['BrokenChannels']).toBe(0);
});
