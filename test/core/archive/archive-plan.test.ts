import { expect, test } from '@jest/globals';
import { againstRestoring, againstStoring } from '../../../core/archive/archive-plan.ts';
import type { Revocation } from '../../../core/channel/revocation.ts';
import type { AmiDescription } from '../../../core/launch/source.ts';

const ami = 'ami-0123456789abcdef0';
const image: AmiDescription = {
  ami,
  region: 'us-east-1',
  name: 'base-20261123-030000-9f2c',
  state: 'available',
  owner: '111122223333',
  createdAt: '2026-11-23T03:00:00Z',
  architecture: 'x86_64',
  windows: false,
  rootDevice: '/dev/xvda',
  ebsRoot: true,
  imdsV2: true,
  tags: {},
  disks: [{ device: '/dev/xvda', snapshot: 'snap-1', sizeGiB: 8, encrypted: false }],
};
const large = [{ device: '/dev/sdb', snapshot: 'snap-2', sizeGiB: 5001, encrypted: false }];

test.each<[string, AmiDescription | undefined, RegExp | undefined]>([
  ['an available image can be stored', image, undefined],
  ['one that is gone', undefined, /is gone/],
  ['a disabled one', { ...image, state: 'disabled' }, /`golden restore` makes it available again/],
  ['a pending one', { ...image, state: 'pending' }, /is pending/],
  [
    'an instance store-backed one',
    { ...image, ebsRoot: false, disks: [] },
    /instance store-backed: its bundle is in S3/,
  ],
  ['one that is too large', { ...image, disks: large }, /5001 GiB of disks, and EC2 stores 5000/],
])('storing: %s', (_, of, says) => {
  const reasons = againstStoring(of, { ami, region: 'us-east-1' });
  expect(reasons.join('\n')).toMatch(says ?? /^$/);
});

const found = { bytes: 10, storageClass: 'STANDARD', restore: '' };
const revoked = {
  schema: 1,
  state: 'revoked',
  execution: '',
  who: 'Ada',
  at: '',
  why: 'CVE-1',
  images: [],
} as Revocation;
type Restorable = Parameters<typeof againstRestoring>[0];

test.each<[string, Partial<Restorable>, RegExp | undefined]>([
  ['an object whose image is gone can be restored', {}, undefined],
  [
    'an image that was restored before does not count',
    { images: [{ ...image, tags: { 'golden:kept': 's3://a/b' } }] },
    undefined,
  ],
  ['the original is there', { images: [{ ...image, state: 'disabled' }] }, /is still there \(disabled\)/],
  ['the build was revoked', { revocation: revoked }, /revoked by Ada: CVE-1/],
  ['the build was retired', { revocation: { ...revoked, retired: true } }, undefined],
  ['no object', { found: undefined }, /there is no s3:\/\/archives\/ami/],
  ['an empty object', { found: { ...found, bytes: 0 } }, /is empty/],
  ['cold storage', { found: { ...found, storageClass: 'DEEP_ARCHIVE' } }, /aws s3api restore-object/],
  [
    'cold storage of which S3 has made a copy',
    { found: { ...found, storageClass: 'GLACIER', restore: 'ongoing-request="false", expiry-date="…"' } },
    undefined,
  ],
  ['Glacier Instant Retrieval', { found: { ...found, storageClass: 'GLACIER_IR' } }, undefined],
])('restoring: %s', (_, changes, says) => {
  const all = { object: `${ami}.bin`, bucket: 'archives', found, images: [], revocation: undefined, ...changes };
  const reasons = againstRestoring(all);
  expect(reasons.join('\n')).toMatch(says ?? /^$/);
});
