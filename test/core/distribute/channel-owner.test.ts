import { expect, test } from '@jest/globals';
import { heldAgainst, knownBefore, knownHolder } from '../../../core/distribute/channel-owner.ts';

const parameter = '/golden/base/stable';
const build = {
  recipe: 'base',
  build: '20261123-030000-9f2c',
  deployment: 'golden-image-dev-us-east-1',
  image: 'base-1',
};
const holding = (tags: Record<string, string>) => [{ region: 'us-east-1', ami: 'ami-1', tags }];

test.each([
  ['nothing of ours', {}, undefined],
  ['an older build', { 'golden:recipe': 'base', 'golden:build': '20261122-030000-0000' }, undefined],
  ['the build itself', { 'golden:recipe': 'base', 'golden:build': build.build }, undefined],
  ["another recipe's newer build", { 'golden:recipe': 'other', 'golden:build': '20261124-030000-0000' }, undefined],
  [
    'a newer build',
    { 'golden:recipe': 'base', 'golden:build': '20261124-030000-0000' },
    `${parameter} in us-east-1 holds ami-1 of the newer build 20261124-030000-0000; base-1 is not published over it`,
  ],
  [
    "another deployment's image",
    { 'golden:deployment': 'golden-image-prod-us-east-1' },
    expect.stringMatching(/^base-1 is not published:\n.* holds ami-1 of the deployment golden-image-prod-us-east-1/),
  ],
])('whether a build may be published to a channel that holds %s', (_, tags, why) => {
  expect(heldAgainst(build, parameter, holding(tags))).toEqual(why);
});

test('the images of an older build of the recipe are known without their tags, and no others', () => {
  const older = { build: '20261122-030000-0000', images: [{ region: 'us-east-1', ami: 'ami-1' }] };
  const known = knownBefore(build, older);
  expect(knownHolder({ region: 'us-east-1', ami: 'ami-1' }, known)).toEqual({
    region: 'us-east-1',
    ami: 'ami-1',
    tags: { 'golden:recipe': 'base', 'golden:build': older.build, 'golden:deployment': build.deployment },
  });
  expect(knownHolder({ region: 'us-east-1', ami: 'ami-2' }, known)).toBeUndefined();
  expect(knownHolder({ region: 'eu-west-1', ami: 'ami-1' }, known)).toBeUndefined();
  // It may have been removed since, and a newer image that is gone is no reason to refuse.
  expect(knownBefore(build, { ...older, build: '20261124-030000-0000' })).toBeUndefined();
  expect(knownBefore(build, undefined)).toBeUndefined();
});
