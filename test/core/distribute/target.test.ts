import { describe, expect, test } from '@jest/globals';
import { targetIn } from '../../../core/distribute/distribution.ts';
import type { KeySeen } from '../../../core/launch/keys.ts';
import type { AmiDescription } from '../../../core/launch/source.ts';
import { encryptionWrongs, keysToSee } from '../../../core/distribute/lasting.ts';
import { imageWrongs, inheritedWrongs, refuseHopeless, targetWrongs } from '../../../core/distribute/target.ts';
import { imageTags } from '../../../core/distribute/image-name.ts';
import { planOf } from '../../support/plan.ts';

const account = '444455556666';
const organization = 'arn:aws:organizations::111122223333:organization/o-exampleorgid';
const plan = planOf({
  image: { tags: { team: 'platform' } },
  distribute: [
    { region: 'us-east-1', accounts: [account], organizations: [organization] },
    { region: 'eu-west-1', required: false },
  ],
});
const target = targetIn(plan, { region: 'us-east-1' });
const nobody = { accounts: [], organizations: [], organizationalUnits: [] };
const tags = imageTags(plan);
const image: AmiDescription = {
  ami: 'ami-1',
  region: 'us-east-1',
  name: plan.image,
  description: 'a base image',
  state: 'available',
  owner: '111122223333',
  createdAt: '2026-11-23T03:00:00.000Z',
  architecture: 'x86_64',
  windows: false,
  rootDevice: '/dev/xvda',
  ebsRoot: true,
  imdsV2: true,
  tags,
  disks: [{ device: '/dev/xvda', snapshot: 'snap-1', sizeGiB: 8, encrypted: false }],
};
const snapshot = { state: 'completed', tags };
const right = {
  image,
  snapshots: { 'snap-1': snapshot },
  keys: {} as Record<string, KeySeen>,
  users: [account, organization],
  snapshotUsers: { 'snap-1': [account] } as Record<string, string[]>,
};
const { description: _description, ...undescribed } = image;
const imageWith = (changes: Partial<AmiDescription>) => ({ ...right, image: { ...image, ...changes } });

test('a target that is as the recipe says has nothing wrong with it', () => {
  expect(targetWrongs(plan, target, right)).toEqual([]);
});

test.each<[string, Parameters<typeof targetWrongs>[2], string]>([
  ['no AMI', { ...right, image: undefined }, 'its AMI is not there'],
  ['a pending image', imageWith({ state: 'pending' }), 'ami-1 is pending'],
  ['foreign tags', imageWith({ tags: { ...tags, 'golden:build': 'x' } }), "ami-1 does not carry this build's tags"],
  ['a lost tag', imageWith({ tags: { ...tags, team: 'x' } }), 'ami-1 lacks the tag team=platform'],
  [
    'a lost digest',
    imageWith({ tags: { ...tags, 'golden:digest': 'x' } }),
    `ami-1 lacks the tag golden:digest=${plan.digest}`,
  ],
  [
    'an end',
    imageWith({ tags: { ...tags, 'golden:expires': '2026-12-01T00:00:00.000Z' } }),
    'ami-1 still carries golden:expires, by which a sweep would remove it',
  ],
  ['no IMDSv2', imageWith({ imdsV2: false }), 'ami-1 does not demand IMDSv2'],
  ['another description', imageWith({ description: 'x' }), 'ami-1 is described as "x", not as the recipe says'],
  ['a lost description', { ...right, image: undescribed }, 'ami-1 has no description, though the recipe gives one'],
  ['an unshared account', { ...right, users: [organization] }, `ami-1 is not shared with ${account}`],
  ['an unshared organization', { ...right, users: [account] }, `ami-1 is not shared with ${organization}`],
  [
    'an account that the recipe does not name',
    { ...right, users: [...right.users, '555566667777'] },
    'ami-1 is shared with 555566667777, and the recipe does not say so',
  ],
  [
    'a snapshot shared with another account',
    { ...right, snapshotUsers: { 'snap-1': [account, '555566667777'] } },
    'snap-1 is shared with 555566667777, and the recipe does not say so',
  ],
  ['an unshared snapshot', { ...right, snapshotUsers: {} }, `snap-1 is not shared with ${account}`],
  ['a snapshot that is not there', { ...right, snapshots: {} }, 'snap-1 (/dev/xvda of ami-1) is not there'],
  [
    'a snapshot without tags',
    { ...right, snapshots: { 'snap-1': { ...snapshot, tags: {} } } },
    "snap-1 (/dev/xvda of ami-1) does not carry the image's tags",
  ],
])('%s is wrong, but may only not be seen yet', (_, observed, says) => {
  expect(targetWrongs(plan, target, observed)).toEqual([{ says }]);
});

test('a public image of a build that was started again may be what an earlier execution left', () => {
  const again = { ...plan, resumedAt: '2026-11-24T03:00:00.000Z' };
  const says = 'ami-1 is public: everyone may launch it, and the recipe does not say so';
  expect(targetWrongs(again, target, { ...right, users: [...right.users, 'all'] })).toEqual([{ says }]);
});

test("the pipeline's own account never counts", () => {
  expect(targetWrongs(plan, target, { ...right, users: [...right.users, plan.account] })).toEqual([]);
});

test.each<[string, Parameters<typeof targetWrongs>[2], string]>([
  [
    'a failed image',
    imageWith({ state: 'failed', stateReason: 'Client.InvalidKMSKey: no key' }),
    'ami-1 is failed: Client.InvalidKMSKey: no key',
  ],
  [
    'a failed snapshot',
    {
      ...right,
      snapshots: { 'snap-1': { ...snapshot, state: 'error', stateReason: 'Given key ID is not accessible' } },
    },
    'snap-1 (/dev/xvda of ami-1) failed: Given key ID is not accessible',
  ],
  ['another name', imageWith({ name: 'x' }), `ami-1 is called x, not ${plan.image}`],
  ['another architecture', imageWith({ architecture: 'arm64' }), 'ami-1 is arm64, its source is x86_64'],
  ['a lost disk', imageWith({ disks: [] }), 'ami-1 has no disk /dev/xvda'],
  [
    'a disk of another size',
    imageWith({ disks: [{ ...image.disks[0]!, sizeGiB: 4 }] }),
    'ami-1 /dev/xvda has 4 GiB, not 8',
  ],
  [
    'a public image',
    { ...right, users: [...right.users, 'all'] },
    'ami-1 is public: everyone may launch it, and the recipe does not say so',
  ],
  [
    'a public snapshot',
    { ...right, snapshotUsers: { 'snap-1': [account, 'all'] } },
    'snap-1 is public: everyone may read it, and the recipe does not say so',
  ],
])('%s can never become right', (_, observed, says) => {
  expect(targetWrongs(plan, target, observed)).toEqual([{ says, forGood: true }]);
  expect(() => refuseHopeless(targetWrongs(plan, target, observed))).toThrow(
    expect.objectContaining({ name: 'TargetsIncomplete', message: says }),
  );
});

describe('the volume type, IOPS and throughput of a disk', () => {
  const fast = { type: 'gp3', sizeGiB: 8, iops: 4000, throughput: 500 };
  const wrongs = (rootVolume: object | undefined, found: object) => {
    const builder = { instanceTypes: ['t3.small'], ...(rootVolume && { rootVolume }) };
    const own = planOf({ builder });
    const at = { ...image, tags: imageTags(own), disks: [{ ...image.disks[0]!, ...found }] };
    const snapshots = { 'snap-1': { ...snapshot, tags: imageTags(own) } };
    return imageWrongs(own, targetIn(own, { region: 'us-east-1' }), { image: at, snapshots, keys: {} });
  };

  test.each<[string, object | undefined, object]>([
    ['as the recipe says', fast, fast],
    ['not told by EC2', undefined, {}],
    ['usual for gp3, which EC2 need not tell', { ...fast, iops: 3000, throughput: 125 }, { type: 'gp3' }],
  ])('are right: %s', (_, asked, found) => {
    expect(wrongs(asked, found)).toEqual([]);
  });

  test.each<[object, string]>([
    [{ ...fast, type: 'gp2' }, 'ami-1 /dev/xvda is gp2, not gp3'],
    [{ ...fast, iops: 3000 }, 'ami-1 /dev/xvda has 3000 IOPS, not 4000'],
    [{ ...fast, throughput: undefined }, 'ami-1 /dev/xvda has the usual 125 MiB/s, not 500'],
    [{ ...fast, throughput: 250 }, 'ami-1 /dev/xvda has 250 MiB/s, not 500'],
  ])('are wrong for good: %j', (found, says) => {
    expect(wrongs(fast, found)).toEqual([{ says, forGood: true }]);
  });
});

const arn = (id: string) => `arn:aws:kms:us-east-1:111122223333:key/${id}`;
const key = (id: string, awsManaged = false): KeySeen => ({ arn: arn(id), state: 'Enabled', awsManaged });
const under = (keyArn: string | undefined, keys: Record<string, KeySeen> = {}) => ({
  ...right,
  snapshots: { 'snap-1': { ...snapshot, ...(keyArn && { keyArn }) } },
  keys,
});
const keyed = (kmsKey: string) => {
  const own = planOf();
  for (const one of own.document.distribute) one.kmsKey = kmsKey;
  return own;
};
const id = '1234abcd-12ab-34cd-56ef-1234567890ab';

test.each<[string, string, string | undefined, Record<string, KeySeen>, string | undefined]>([
  ['an alias', 'alias/a', arn('1'), { 'alias/a': key('1') }, undefined],
  ['an ARN', arn(id), arn(id), { [arn(id)]: { unseen: 'denied', refused: 'no' } }, undefined],
  ['an id', id, arn(id), {}, undefined],
  ['no key', 'alias/a', undefined, { 'alias/a': key('1') }, 'is not encrypted, though alias/a was asked for'],
  [
    'an alias that means another key',
    'alias/a',
    arn('2'),
    { 'alias/a': key('1') },
    `is encrypted with ${arn('2')}, not with alias/a (${arn('1')}) as asked`,
  ],
  ['another ARN', arn(id), arn('2'), {}, `is encrypted with ${arn('2')}, not with ${arn(id)} as asked`],
])('a snapshot is compared with the key asked for, at home and elsewhere: %s', (_, asked, found, keys, says) => {
  const own = keyed(asked);
  const wrong = {
    says: `snap-1 (/dev/xvda of ami-1) ${says}; a snapshot keeps its key for good, so the recipe must be built again`,
    forGood: true,
  };
  for (const region of ['us-east-1', 'eu-west-1'])
    expect(encryptionWrongs(own, targetIn(own, { region }), under(found, keys))).toEqual(
      says === undefined ? [] : [wrong],
    );
});

test('where KMS refuses to show the key of an alias, its refusal is told, not another key', () => {
  const refused = 'kms:DescribeKey of alias/a in us-east-1: AccessDeniedException: no, request r-1';
  const keys: Record<string, KeySeen> = { 'alias/a': { unseen: 'denied', refused } };
  expect(encryptionWrongs(keyed('alias/a'), target, under(arn('1'), keys))).toEqual([
    {
      says: `KMS does not show whether alias/a encrypts snap-1 (/dev/xvda of ami-1); allow kms:DescribeKey in the key's policy, or name the key by its ARN. It refused ${refused}`,
      forGood: true,
    },
  ]);
});

test('what is shared is not under the AWS-managed key, be it with an organization only', () => {
  const keys = { 'alias/aws/ebs': key('0', true) };
  const encrypted = { ...image, disks: image.disks.map((disk) => ({ ...disk, encrypted: true })) };
  for (const sharing of [{ accounts: [account] }, { organizations: [organization] }]) {
    const shared = { ...target, ...nobody, ...sharing };
    expect(keysToSee(plan, shared, encrypted)).toEqual(['alias/aws/ebs']);
    expect(encryptionWrongs(plan, shared, under(arn('0'), keys))).toMatchObject([
      { says: expect.stringContaining('shared but encrypted with the AWS-managed key'), forGood: true },
    ]);
    expect(encryptionWrongs(plan, shared, under(arn('1'), keys))).toEqual([]);
  }
  expect(encryptionWrongs(plan, { ...target, ...nobody }, under(arn('0'), keys))).toEqual([]);
  expect(keysToSee(plan, target, image)).toEqual([]);
});

test('a disk that the builder’s recipe encrypts is encrypted in every target', () => {
  const builder = { instanceTypes: ['t3.small'], rootVolume: { encrypted: true } };
  const own = planOf({ builder });
  for (const region of ['us-east-1', 'eu-west-1'])
    expect(imageWrongs(own, targetIn(own, { region }), under(undefined))[0]?.says).toContain('is not encrypted');
});

test('a copy boots as the image that it was made of, and needs a NitroTPM if that one does', () => {
  const first = { ...image, bootMode: 'uefi', tpm: true };
  const copy = { ...first, ami: 'ami-2' };
  expect(inheritedWrongs(first, copy)).toEqual([]);
  expect(inheritedWrongs(undefined, copy)).toEqual([]);
  expect(inheritedWrongs(first, { ...copy, bootMode: 'legacy-bios' })).toEqual([
    { says: 'ami-2 boots by legacy-bios, and ami-1 by uefi', forGood: true },
  ]);
  const { tpm: _, ...plain } = copy;
  expect(inheritedWrongs(first, plain)).toEqual([
    { says: 'ami-2 needs no NitroTPM, and ami-1 needs one', forGood: true },
  ]);
});
