import { expect, test } from '@jest/globals';
import { channelHolds, missingTargets, olderDifferences } from '../../../core/addition/addition.ts';
import type { Target } from '../../../core/recipe/types.ts';

const lists = { accounts: [], organizations: [], organizationalUnits: [], required: true, timeout: '48h' };
const home: Target = { ...lists, region: 'us-east-1' };
const europe: Target = { ...lists, region: 'eu-west-1', kmsKey: 'alias/eu' };
const second: Target = { ...lists, region: 'us-east-1', id: 'cmk', kmsKey: 'alias/cmk' };
const image = { region: 'us-east-1', ami: 'ami-1' };

test('targets without an image are missing, a further copy in an old region, too', () => {
  expect(missingTargets([home, second, europe], [image])).toEqual([second, europe]);
  expect(missingTargets([home], [image])).toEqual([]);
});

const account = '111122223333';
const unlike =
  'the recipe asks for another image in us-east-1 now, by its key, name, tags or launch template; only a new build has that';
test.each<[string, Target[], object | undefined, string[]]>([
  ['nothing', [home, europe], undefined, []],
  ['a region that is no target any more', [europe], undefined, ['us-east-1 is no target any more; ami-1 stays there']],
  ['another key', [{ ...home, kmsKey: 'alias/new' }], undefined, [unlike]],
  ['a launch template', [{ ...home, launchTemplate: { name: 'web' } } as Target], undefined, [unlike]],
  ['patience only', [{ ...home, timeout: '7d', required: false }], undefined, []],
  [
    'other users',
    [{ ...home, accounts: [account] }],
    undefined,
    ['the recipe has other users for us-east-1 now; golden share --apply makes it so'],
  ],
  ['users that golden share has changed already', [{ ...home, accounts: [account] }], { accounts: [account] }, []],
  [
    'everyone',
    [{ ...home, allowPublic: true }],
    undefined,
    ['the recipe has other users for us-east-1 now; golden share --apply makes it so'],
  ],
])('an older image differs from the recipe by %s', (_by, distribute, shared, says) => {
  const sharing = shared && { schema: 1 as const, targets: [{ ...home, ...shared }], changes: [] };
  expect(olderDifferences(distribute, [home], [image], sharing).map((one) => one.says)).toEqual(says);
});

test.each<[string, { region: string; ami?: string }[], string]>([
  [
    'all',
    [
      { region: 'us-east-1', ami: 'ami-1' },
      { region: 'eu-west-1', ami: 'ami-2' },
    ],
    'all',
  ],
  [
    'some',
    [
      { region: 'us-east-1', ami: 'ami-1' },
      { region: 'eu-west-1', ami: 'ami-9' },
    ],
    'some',
  ],
  ['none', [{ region: 'us-east-1', ami: 'ami-9' }, { region: 'eu-west-1' }], 'none'],
])('a channel holds %s images of a build', (_how, values, expected) => {
  expect(channelHolds([image, { region: 'eu-west-1', ami: 'ami-2' }], values)).toBe(expected);
});
