import { expect, test } from '@jest/globals';
import { lastingWrongs, readyImage } from '../../../core/distribute/lasting.ts';
import { targetIn } from '../../../core/distribute/distribution.ts';
import type { AmiDescription } from '../../../core/launch/source.ts';
import { document, planOf } from '../../support/plan.ts';

const plan = planOf();
const image = (more: Partial<AmiDescription> = {}): AmiDescription => ({
  ami: 'ami-1',
  region: 'us-east-1',
  name: plan.image,
  state: 'available',
  owner: '111122223333',
  createdAt: '2026-11-23T03:10:00.000Z',
  architecture: plan.source.architecture,
  windows: false,
  rootDevice: '/dev/xvda',
  ebsRoot: true,
  imdsV2: false,
  tags: {},
  disks: [{ device: '/dev/xvda', snapshot: 'snap-1', sizeGiB: 8, encrypted: false }],
  ...more,
});
const wrongsOf = (more: Partial<AmiDescription>, state = 'completed') => {
  const snapshots = { 'snap-1': { state, tags: {} } };
  return lastingWrongs(plan, targetIn(plan, { region: 'us-east-1' }), { image: image(more), snapshots, keys: {} });
};

test('an image is handed on without its tags, which can change and be long', () => {
  const { ami, name, architecture, imdsV2, disks } = image();
  expect(readyImage(image({ tags: { team: 'platform' } }))).toEqual({ ami, name, architecture, imdsV2, disks });
});

test('an image with more disks than a state has room for is not handed on', () => {
  const disks = Array.from({ length: 5 }, (_, index) => ({ device: `/dev/sd${index}`, encrypted: false }));
  expect(readyImage(image({ disks }))).toBeUndefined();
});

test('missing tags may still show and are no lasting difference; another name, architecture or a failed snapshot are', () => {
  expect(wrongsOf({})).toEqual([]);
  for (const wrongs of [wrongsOf({ name: 'other' }), wrongsOf({ architecture: 'arm64' }), wrongsOf({}, 'error')])
    expect(wrongs).toEqual([expect.objectContaining({ forGood: true })]);
});

test('an image shows by itself that a disk is not encrypted as asked, and only its snapshots show a key', () => {
  const asking = planOf({
    builder: { ...document.builder, rootVolume: { sizeGiB: 8, encrypted: true, kmsKey: 'alias/golden' } },
  });
  const wrongs = (encrypted: boolean) =>
    lastingWrongs(asking, targetIn(asking, { region: 'us-east-1' }), {
      image: image({ name: asking.image, disks: [{ device: '/dev/xvda', snapshot: 'snap-1', sizeGiB: 8, encrypted }] }),
      snapshots: {},
      keys: {},
    });
  expect(wrongs(false)).toEqual([
    expect.objectContaining({ says: expect.stringContaining('is not encrypted'), forGood: true }),
  ]);
  expect(wrongs(true)).toEqual([]);
});
