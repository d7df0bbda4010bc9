import { expect, test } from '@jest/globals';
import type { KeySeen } from '../../../core/launch/keys.ts';
import { encryptionProblems, regionsOfSettings } from '../../../core/preflight/encryption.ts';
import type { EncryptionSettings, Facts } from '../../../core/preflight/facts.ts';
import { formatPath } from '../../../core/recipe/recipe.ts';
import type { SourceDisk } from '../../../core/launch/source.ts';
import { factsWith, settings } from '../../support/facts.ts';
import { document, linux, planOf } from '../../support/plan.ts';

const accounts = ['444455556666'];
const shared = {
  distribute: [
    { region: 'us-east-1', accounts },
    { region: 'eu-west-1', accounts },
  ],
};
const key = (name: string, changes: object = {}): Record<string, KeySeen> => ({
  [name]: { arn: `arn:aws:kms:::key/${name}`, state: 'Enabled', awsManaged: false, ...changes },
});
const inBoth = (changes: Partial<EncryptionSettings>) =>
  factsWith({ encryption: { 'us-east-1': { found: settings(changes) }, 'eu-west-1': { found: settings(changes) } } });
const from = (disks: SourceDisk[], owner = '111122223333', changes: Partial<EncryptionSettings> = {}) => ({
  ...inBoth(changes),
  source: { ...linux, owner, disks },
});
const root = { device: '/dev/xvda', sizeGiB: 8, encrypted: true, keyArn: 'arn:aws:kms:::key/aws-ebs' };

const problemsOf = (recipe: Record<string, unknown>, facts: Facts) =>
  encryptionProblems(planOf(recipe).document, facts).map(({ path, message }) => `${formatPath(path)}: ${message}`);

test('nothing is wrong where nothing gets encrypted, and with keys that are there and enabled', () => {
  expect(problemsOf(shared, factsWith())).toEqual([]);
  const distribute = shared.distribute.map((target) => ({ ...target, kmsKey: 'alias/golden' }));
  expect(problemsOf({ distribute }, inBoth({ byDefault: true, keys: key('alias/golden') }))).toEqual([]);
});

test('a recipe that shares nothing does not mind under which key it is', () => {
  expect(problemsOf({ distribute: document.distribute }, inBoth({ byDefault: true }))).toEqual([]);
});

const managed = (region: string, because: string, remedy: string) =>
  `is shared, but its image would be encrypted with the AWS-managed key of ${region}, which cannot be shared: ${because}; give ${remedy} a customer-managed kmsKey`;

test('EBS encryption by default is refused for every shared target at once', () => {
  const home = 'EBS encrypts every new volume in us-east-1';
  expect(problemsOf(shared, inBoth({ byDefault: true }))).toEqual([
    `distribute[0]: ${managed('us-east-1', home, 'builder.rootVolume')}`,
    `distribute[1]: ${managed('eu-west-1', `${home}, and the copy of an encrypted image is encrypted`, 'distribute[1]')}`,
  ]);
});

test('encryption by default in a target alone is refused there, and not with a default key that can be shared', () => {
  const abroad = (changes: Partial<EncryptionSettings>) =>
    factsWith({ encryption: { 'us-east-1': { found: settings() }, 'eu-west-1': { found: settings(changes) } } });
  const message = managed('eu-west-1', 'EBS encrypts every new snapshot in eu-west-1', 'distribute[1]');
  expect(problemsOf(shared, abroad({ byDefault: true }))).toEqual([`distribute[1]: ${message}`]);
  const own = { byDefault: true, defaultKey: 'alias/own', keys: key('alias/own') };
  expect(problemsOf(shared, abroad(own))).toEqual([]);
  expect(problemsOf(shared, inBoth(own))).toEqual([]);
});

test('sharing with an organization alone is sharing', () => {
  const organizations = ['arn:aws:organizations::111122223333:organization/o-exampleorgid'];
  const distribute = [{ region: 'us-east-1', organizations }];
  expect(problemsOf({ distribute }, inBoth({ byDefault: true }))).toHaveLength(1);
});

const because = 'of the source ami-0123456789abcdef0 is encrypted';
test.each<[string, Facts, string[]]>([
  ['own, under the AWS-managed key', from([root]), [`/dev/xvda ${because}`, `/dev/xvda ${because}, and`]],
  ['own, under a customer-managed key', from([{ ...root, keyArn: 'arn:x:key/1' }]), [`/dev/xvda ${because}, and`]],
  [
    'of others, under a key of theirs',
    from([{ ...root, keyArn: 'arn:x:key/1' }], '999999999999'),
    ['', 'and the copy'],
  ],
  ['a second disk', from([{ ...root, device: '/dev/sdf' }]), [`/dev/sdf ${because}`, `/dev/sdf ${because}, and`]],
  [
    'a second disk that is plain, with encryption by default',
    from([{ device: '/dev/sdf', encrypted: false }], '111122223333', { byDefault: true }),
    ['EBS encrypts every new volume', 'and the copy'],
  ],
])('an encrypted source image is refused for what is shared: %s', (_, facts, expected) => {
  const problems = problemsOf(shared, facts);
  expect(problems).toHaveLength(expected.length);
  for (const [index, text] of expected.entries()) expect(problems[index]).toContain(text);
});

test.each<[string, Record<string, KeySeen>, string[]]>([
  ['missing', { 'alias/golden': { unseen: 'missing' } }, ['KMS in us-east-1 knows no key alias/golden']],
  ['disabled', key('alias/golden', { state: 'PendingDeletion' }), ['alias/golden in us-east-1 is PendingDeletion']],
  [
    'an alias that may not be looked at',
    { 'alias/golden': { unseen: 'denied', refused: 'AccessDenied' } },
    ['is: AccessDenied; allow kms:DescribeKey'],
  ],
  ['not looked at', {}, []],
])('a key is refused where it is named: %s', (_, keys, expected) => {
  const distribute = [{ region: 'us-east-1', kmsKey: 'alias/golden' }];
  const problems = problemsOf({ distribute }, inBoth({ keys }));
  expect(problems).toHaveLength(expected.length);
  for (const [index, text] of expected.entries())
    expect(problems[index]).toMatch(new RegExp(`^distribute\\[0\\]\\.kmsKey: .*${text}`));
});

test('a key that is named by its ARN need not be looked at, and the AWS-managed one is known by it', () => {
  const kmsKey = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const distribute = [{ region: 'us-east-1', kmsKey, accounts }];
  expect(problemsOf({ distribute }, inBoth({ keys: { [kmsKey]: { unseen: 'denied', refused: 'no' } } }))).toEqual([]);
  expect(problemsOf({ distribute }, inBoth({ keys: key(kmsKey, { awsManaged: true }) }))).toEqual([
    'distribute[0].kmsKey: alias/aws/ebs is the AWS-managed key, and what it encrypts cannot be shared; name a customer-managed key',
  ]);
});

test('a volume that the recipe wants plain is refused where EC2 encrypts it', () => {
  const builder = { ...document.builder, rootVolume: { encrypted: false } };
  expect(problemsOf({ builder }, inBoth({ byDefault: true }))).toEqual([
    'builder.rootVolume.encrypted: is false, but EBS encrypts every new volume in us-east-1; remove the line',
  ]);
  expect(problemsOf({ builder }, from([root]))).toHaveLength(1);
  expect(problemsOf({ builder }, factsWith())).toEqual([]);
});

const single: SourceDisk[] = [{ device: '/dev/xvda', sizeGiB: 8, encrypted: false }];
const keyed = { kmsKey: 'alias/golden' };
const builder = (rootVolume: object) => ({ ...document.builder, rootVolume });
test.each<[string, Record<string, unknown>, SourceDisk[] | undefined, string[]]>([
  ['a recipe that shares nothing does not depend on them', { distribute: document.distribute }, single, []],
  ['where nothing names a key, they decide at home and in the target', shared, single, ['us-east-1', 'eu-west-1']],
  [
    'with a key for every disk and every copy they decide nothing',
    { builder: builder(keyed), distribute: [shared.distribute[0], { ...shared.distribute[1], ...keyed }] },
    single,
    [],
  ],
  [
    'a disk of the source that the recipe does not describe is encrypted as the account says',
    { builder: builder(keyed), distribute: [shared.distribute[0]] },
    [...single, { device: '/dev/sdf', encrypted: false }],
    ['us-east-1'],
  ],
  [
    'so may be the disks of a source that is not known',
    { builder: builder(keyed), distribute: [shared.distribute[0]] },
    undefined,
    ['us-east-1'],
  ],
  [
    'a disk that must stay unencrypted depends on them at home',
    { builder: builder({ encrypted: false }), distribute: document.distribute },
    single,
    ['us-east-1'],
  ],
])('EBS encryption settings: %s', (_, recipe, disks, regions) => {
  const source = disks && { ...linux, disks };
  expect([...regionsOfSettings(planOf(recipe).document, 'us-east-1', source)].toSorted()).toEqual(regions.toSorted());
});
