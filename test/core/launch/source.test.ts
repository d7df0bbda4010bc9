import { expect, test } from '@jest/globals';
import { expectedOwner, trustSource, type AmiDescription } from '../../../core/launch/source.ts';
import { newest } from '../../../core/launch/source-choice.ts';

const image = (ami: string, changes: Partial<AmiDescription> = {}): AmiDescription => ({
  ami,
  region: 'us-east-1',
  name: 'al2023-ami-2023.9',
  state: 'available',
  owner: '137112412989',
  ownerAlias: 'amazon',
  createdAt: '2026-11-01T00:00:00.000Z',
  architecture: 'x86_64',
  windows: false,
  rootDevice: '/dev/xvda',
  ebsRoot: true,
  imdsV2: true,
  tags: {},
  disks: [{ device: '/dev/xvda', sizeGiB: 8, encrypted: false }],
  ...changes,
});
const now = new Date('2026-11-23T00:00:00Z');

test('the newest image wins', () => {
  const images = [image('ami-old'), image('ami-new', { createdAt: '2026-11-20T00:00:00.000Z' })];
  expect(newest(images, now)?.ami).toBe('ami-new');
});

test('a deprecated image is taken only when there is no other', () => {
  const deprecated = image('ami-new', { createdAt: '2026-11-20T00:00:00.000Z', deprecatedAt: '2026-11-22T00:00:00Z' });
  expect(newest([deprecated, image('ami-old')], now)?.ami).toBe('ami-old');
  expect(newest([deprecated], now)?.ami).toBe('ami-new');
});

test('an image that a failed build only keeps for a while is no source, however new', () => {
  const kept = image('ami-kept', { createdAt: '2026-11-20T00:00:00.000Z', tags: { 'golden:expires': '2026-11-30' } });
  expect(newest([kept, image('ami-old')], now)?.ami).toBe('ami-old');
  expect(newest([kept], now)).toBeUndefined();
});

test('an image of the trusted owner is taken, by id or by alias', () => {
  expect(trustSource(image('ami-1'), 'amazon', 'x', 'us-east-1')).toMatchObject({ ami: 'ami-1', rootSizeGiB: 8 });
  expect(trustSource(image('ami-1'), '137112412989', 'x', 'us-east-1').owner).toBe('137112412989');
});

test('an image of somebody else is refused, whatever its name', () => {
  const impostor = image('ami-evil', { owner: '999999999999' });
  delete impostor.ownerAlias;
  expect(() => trustSource(impostor, 'amazon', 'x', 'us-east-1')).toThrow(
    expect.objectContaining({ name: 'SourceNotTrusted', message: expect.stringContaining('999999999999') }),
  );
});

test.each([
  ['nothing', undefined],
  ['an image that is not available', image('ami-1', { state: 'disabled' })],
])('%s is no source', (_, found) => {
  expect(() => trustSource(found, 'amazon', 'x', 'us-east-1')).toThrow(
    expect.objectContaining({ name: 'SourceNotFound' }),
  );
});

test('a channel and the word self mean the own account', () => {
  expect(expectedOwner({ channel: 'base/stable' }, '111122223333')).toBe('111122223333');
  expect(expectedOwner({ ami: 'ami-1', owner: 'self' }, '111122223333')).toBe('111122223333');
  expect(expectedOwner({ ami: 'ami-1', owner: 'amazon' }, '111122223333')).toBe('amazon');
});
