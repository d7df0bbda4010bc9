import { expect, test } from '@jest/globals';
import {
  imageDrifts,
  isMoving,
  parameterDrifts,
  templateDrifts,
  unseenDrift,
  type PublishedSeen,
} from '../../../core/share/drift.ts';
import { lastingDrifts, newDrifts } from '../../../core/share/drift-comparison.ts';
import { driftMail } from '../../../core/share/drift-mail.ts';
import { targetIn } from '../../../core/distribute/distribution.ts';
import type { AmiDescription } from '../../../core/launch/source.ts';
import { imageTags } from '../../../core/distribute/image-name.ts';
import { planOf } from '../../support/plan.ts';

const account = '444455556666';
const stranger = '999988887777';
const plan = planOf({ distribute: [{ region: 'us-east-1', accounts: [account] }] });
const tags = imageTags(plan);
const image: AmiDescription = {
  ami: 'ami-1',
  region: 'us-east-1',
  name: plan.image,
  state: 'available',
  owner: plan.account,
  createdAt: '2026-11-23T03:00:00.000Z',
  architecture: 'x86_64',
  windows: false,
  rootDevice: '/dev/xvda',
  ebsRoot: true,
  imdsV2: true,
  tags,
  disks: [{ device: '/dev/xvda', snapshot: 'snap-1', sizeGiB: 8, encrypted: false }],
};
const right: PublishedSeen = {
  recipe: 'base',
  channel: 'stable',
  region: 'us-east-1',
  ami: 'ami-1',
  build: plan.build,
  tags,
  target: targetIn(plan, { region: 'us-east-1' }),
  image,
  permissions: { users: [account], snapshotUsers: { 'snap-1': [account] } },
  owner: plan.account,
};
const shared = 'golden share base --apply';
const back = 'golden rollback base --channel stable';
const retagged = `set the tags of ami-1 as the plan of ${plan.build} says`;
const users = (list: string[], ofSnapshot = [account]) => ({
  permissions: { users: list, snapshotUsers: { 'snap-1': ofSnapshot } },
});

test('an image that is as it was published has no drift', () => {
  expect(imageDrifts(right)).toEqual([]);
});

test.each<[string, Partial<PublishedSeen>, string, string]>([
  ['gone', { image: undefined, permissions: undefined }, 'ami-1 was deregistered', back],
  ['disabled', { image: { ...image, state: 'disabled' } }, 'ami-1 is disabled, not available', back],
  ['no longer shared', users([]), `the recipe would grant ami-1 to ${account}`, shared],
  ['shared with a stranger', users([account, stranger]), `the recipe would revoke ami-1 from ${stranger}`, shared],
  ['public', users([account, 'all']), 'the recipe would revoke ami-1 from all', shared],
  ['without its snapshot', users([account], []), `the recipe would grant snap-1 to ${account}`, shared],
  ['a snapshot for all', users([account], [account, 'all']), 'the recipe would revoke snap-1 from all', shared],
  [
    'tagged otherwise',
    { image: { ...image, tags: { ...tags, 'golden:build': 'x' } } },
    `the tag golden:build of ami-1 is "x", and was "${plan.build}"`,
    retagged,
  ],
  [
    'about to be swept',
    { image: { ...image, tags: { ...tags, 'golden:expires': '2026-12-01T00:00:00.000Z' } } },
    'ami-1 carries golden:expires, by which a sweep may remove it',
    retagged,
  ],
])('%s is a drift, with what mends it', (_, changes, says, mend) => {
  expect(imageDrifts({ ...right, ...changes })).toEqual([
    { recipe: 'base', region: 'us-east-1', what: 'ami-1', says, mend },
  ]);
});

test('tags that somebody added, and users in a region that is no target any more, are none', () => {
  expect(imageDrifts({ ...right, image: { ...image, tags: { ...tags, 'cost-center': '7' } } })).toEqual([]);
  expect(imageDrifts({ ...right, target: undefined, ...users([stranger]) })).toEqual([]);
});

test('a parameter that was changed by hand is a drift', () => {
  const held = (found: string | undefined) => parameterDrifts(right, '/golden/base/stable', found);
  expect(held('ami-1')).toEqual([]);
  const says = (found: string) => `/golden/base/stable holds ${found}, and its last move wrote ami-1 of ${plan.build}`;
  const mend = `golden rollback base --channel stable --to ${plan.build}`;
  expect(held('ami-2')).toMatchObject([{ what: '/golden/base/stable', says: says('ami-2'), mend }]);
  expect(held(undefined)).toMatchObject([{ says: says('nothing') }]);
});

test('a launch template whose default version has another image is a drift', () => {
  expect(templateDrifts(right, 'web', 'ami-1')).toEqual([]);
  const says = `the default version of web has ami-2, and the channel has ami-1 of ${plan.build}`;
  const mend = `golden rollback base --channel stable --to ${plan.build}`;
  expect(templateDrifts(right, 'web', 'ami-2')).toEqual([
    { recipe: 'base', region: 'us-east-1', what: 'web', says, mend },
  ]);
  expect(templateDrifts(right, 'web', undefined)).toMatchObject([{ says: says.replace('ami-2', 'no image') }]);
});

test('a copy in another account is judged by the users of the copy, and its drifts name the account', () => {
  const copy = { ...right, account: '111122223333', owner: '111122223333', ...users([account, stranger]) };
  expect(imageDrifts(copy)).toMatchObject([
    { region: 'us-east-1', account: '111122223333', says: `the recipe would revoke ami-1 from ${stranger}` },
  ]);
  expect(imageDrifts({ ...copy, ...users([account, copy.account]) })).toEqual([]);
});

test("an account that does not answer is a drift, which is told once although AWS's answers differ", () => {
  const at = { recipe: 'base', region: 'us-east-1', account: '111122223333' };
  const refused = (request: string) =>
    unseenDrift(at, 'arn:role', { code: 'AccessDenied', message: `sts:AssumeRole: AccessDenied, request ${request}` });
  expect(newDrifts([refused('2')], [refused('1')])).toEqual([]);
  expect(driftMail([refused('1')], 'golden-image-dev').text).toContain(
    'base in us-east-1 of account 111122223333: the copies could not be looked at: arn:role answered AccessDenied\n  AWS said: sts:AssumeRole',
  );
});

test.each<[string, 'runs' | 'dead' | 'complete', number, boolean]>([
  ['a move that runs', 'runs', 5 * 3600, true],
  ['a move that died a moment ago, and is being undone', 'dead', 600, true],
  ['a move that died long ago', 'dead', 3 * 3600, false],
  ['a publish that is complete', 'complete', 60, false],
])('a channel is left out or not: %s', (_, mover, seconds, moving) => {
  const at = '2026-11-23T03:00:00.000Z';
  const move = { verb: 'publish' as const, execution: 'e', who: 'a', at, to: { build: 'b' }, before: [], after: [] };
  expect(isMoving(move, mover, new Date(Date.parse(at) + seconds * 1000))).toBe(moving);
  expect(isMoving(undefined, undefined, new Date(at))).toBe(false);
});

test('only what lasts is a drift, only what is new is told, and the mail says what to do', () => {
  const [one] = imageDrifts({ ...right, image: undefined });
  const [two] = imageDrifts({ ...right, ...users([]) });
  if (!one || !two) throw new Error('no drifts');
  expect(lastingDrifts([one, two], [two])).toEqual([two]);
  expect(newDrifts([one, two], [one])).toEqual([two]);
  const { subject, text } = driftMail([one, two], 'golden-image-dev');
  expect(subject).toBe('golden-image-dev: published images of base were changed');
  expect(text).toContain(`base in us-east-1: ami-1 was deregistered\n  to mend it: ${back}\n`);
});
