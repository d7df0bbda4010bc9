import { expect, test } from '@jest/globals';
import { measureChannel, placesHolding } from '../../../core/distribute/channel-health.ts';
import type { ManifestTarget } from '../../../core/build/manifest.ts';
import type { AmiDescription } from '../../../core/launch/source.ts';

const now = new Date('2026-12-24T03:00:00Z');
const image = (days: number, state = 'available') =>
  ({ state, createdAt: new Date(now.getTime() - days * 24 * 3600 * 1000).toISOString() }) as AmiDescription;
const measured = (...seen: Parameters<typeof measureChannel>[3]) =>
  measureChannel('base', 'stable', '/golden/base/stable', seen, now);

test('an image has an age in every region', () => {
  expect(
    measured(
      { region: 'us-east-1', ami: 'ami-1', image: image(31) },
      { region: 'eu-west-1', ami: 'ami-2', image: image(30.5) },
    ),
  ).toEqual({
    of: { Recipe: 'base', Channel: 'stable' },
    values: { BrokenChannels: 0, ImageAge: [31, 30.5] },
    about: { level: 'INFO', recipe: 'base', broken: [] },
  });
});

test('a channel that is gone, or points at what cannot be launched, is broken, and says where', () => {
  const { values, about } = measured(
    { region: 'us-east-1' },
    { region: 'eu-west-1', ami: 'ami-2' },
    { region: 'eu-west-2', ami: 'ami-3', image: image(3, 'disabled') },
    { region: 'eu-west-3', ami: 'ami-4', image: image(2) },
  );
  expect(values).toEqual({ BrokenChannels: 3, ImageAge: [2] });
  expect(about).toEqual({
    level: 'WARN',
    recipe: 'base',
    broken: [
      '/golden/base/stable is gone in us-east-1',
      '/golden/base/stable in eu-west-1 holds ami-2, which EC2 does not know any more',
      '/golden/base/stable in eu-west-2 holds ami-3, which is disabled',
    ],
  });
});

test('a channel is looked for where the newest build left it, and not where a target failed or the channel was another', () => {
  const target = (region: string, parameter: string | null) => ({ region, parameter }) as ManifestTarget;
  const targets = [
    target('us-east-1', '/golden/base/stable'),
    target('eu-west-1', null),
    target('eu-west-2', '/golden/base/next'),
  ];
  expect(placesHolding({ targets } as Parameters<typeof placesHolding>[0], '/golden/base/stable')).toEqual([
    { region: 'us-east-1' },
  ]);
  expect(placesHolding(undefined, '/golden/base/stable')).toEqual([]);
});
