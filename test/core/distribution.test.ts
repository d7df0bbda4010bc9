import { expect, test } from '@jest/globals';
import { copyToken, missing, needsCopy, refuseIncomplete, targetIn, targetProblems } from '../../core/distribution.ts';
import { buildTags } from '../../core/tags.ts';
import type { AmiDescription } from '../../core/source.ts';
import { planOf } from '../support/plan.ts';

const account = '444455556666';
const organization = 'arn:aws:organizations::111122223333:organization/o-exampleorgid';
const plan = planOf({
  image: { tags: { team: 'platform' } },
  distribute: [
    { region: 'us-east-1', accounts: [account], organizations: [organization] },
    { region: 'eu-west-1', required: false },
  ],
});
const target = targetIn(plan, 'us-east-1');
const nobody = { accounts: [], organizations: [], organizationalUnits: [] };
const image: AmiDescription = {
  ami: 'ami-1',
  region: 'us-east-1',
  name: plan.image,
  state: 'available',
  owner: '111122223333',
  createdAt: '2026-11-23T03:00:00.000Z',
  architecture: 'x86_64',
  windows: false,
  rootDevice: '/dev/xvda',
  ebsRoot: true,
  imdsV2: true,
  tags: { team: 'platform', ...buildTags(plan, 'image') },
  disks: [{ device: '/dev/xvda', snapshot: 'snap-1', sizeGiB: 8, encrypted: false }],
};
const right = {
  image,
  sharing: { ...nobody, accounts: [account], organizations: [organization] },
  snapshotAccounts: { 'snap-1': [account] },
};

test('a target that is as the recipe says has no problems', () => {
  expect(targetProblems(plan, target, right)).toEqual([]);
});

test.each([
  ['no AMI', { ...right, image: undefined }, 'its AMI is not there'],
  [
    'a failed copy',
    { ...right, image: { ...image, state: 'failed', stateReason: 'no key' } },
    'ami-1 is failed: no key',
  ],
  [
    'foreign tags',
    { ...right, image: { ...image, tags: { team: 'platform' } } },
    "ami-1 does not carry this build's tags",
  ],
  [
    'a lost tag',
    { ...right, image: { ...image, tags: buildTags(plan, 'image') } },
    'ami-1 lacks the tag team=platform',
  ],
  [
    'an end',
    { ...right, image: { ...image, tags: { ...image.tags, 'golden:expires': '2026-12-01T00:00:00.000Z' } } },
    'ami-1 still carries golden:expires, by which a sweep would remove it',
  ],
  ['no IMDSv2', { ...right, image: { ...image, imdsV2: false } }, 'ami-1 does not demand IMDSv2'],
  [
    'an unshared account',
    { ...right, sharing: { ...right.sharing, accounts: [] } },
    `ami-1 is not shared with ${account}`,
  ],
  [
    'an unshared organization',
    { ...right, sharing: { ...nobody, accounts: [account] } },
    `ami-1 is not shared with ${organization}`,
  ],
  ['an unshared snapshot', { ...right, snapshotAccounts: {} }, `snap-1 is not shared with ${account}`],
])('%s is a problem', (_, observed, problem) => {
  expect(targetProblems(plan, target, observed)).toEqual([problem]);
});

test('a target with a key of its own wants every disk encrypted', () => {
  const keyed = { ...target, kmsKey: 'alias/golden' };
  expect(targetProblems(plan, keyed, right)).toEqual(['ami-1 /dev/xvda is not encrypted']);
});

test('the barrier names every required target that is not right', () => {
  const results = [
    { region: 'us-east-1', ami: 'ami-1', error: 'ami-1 is failed' },
    { region: 'eu-west-1', ami: 'ami-2' },
  ];
  expect(() => refuseIncomplete(plan, results)).toThrow(
    expect.objectContaining({
      name: 'TargetsIncomplete',
      message: expect.stringContaining('us-east-1: ami-1 is failed'),
    }),
  );
});

test('the barrier lets a target fail that is not required', () => {
  const results = [
    { region: 'us-east-1', ami: 'ami-1' },
    { region: 'eu-west-1', error: 'CopyFailed' },
  ];
  expect(() => refuseIncomplete(plan, results)).not.toThrow();
});

test('only who is missing is granted', () => {
  expect(missing(target, { ...nobody, accounts: [account] })).toEqual({ ...nobody, organizations: [organization] });
});

test('only other regions need a copy, and a copy after a failed one has a token of its own', () => {
  expect(needsCopy(plan, 'us-east-1')).toBe(false);
  expect(needsCopy(plan, 'eu-west-1')).toBe(true);
  expect(copyToken(plan, 'eu-west-1', 'ami-1', 0)).toBe(copyToken(plan, 'eu-west-1', 'ami-1', 0));
  expect(copyToken(plan, 'eu-west-1', 'ami-1', 1)).not.toBe(copyToken(plan, 'eu-west-1', 'ami-1', 0));
});

test('a region that is no target is refused', () => {
  expect(() => targetIn(plan, 'ap-south-1')).toThrow('ap-south-1 is no target');
});
