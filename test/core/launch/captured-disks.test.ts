import { expect, test } from '@jest/globals';
import {
  capturedVolumes,
  knownSet,
  registeredDevices,
  setDescription,
  type AttachedVolume,
} from '../../../core/launch/captured-disks.ts';
import { planOf } from '../../support/plan.ts';

const plan = planOf({
  builder: {
    instanceTypes: ['t3.small'],
    rootVolume: { sizeGiB: 20 },
    disk: { iops: 9_000 },
    volumes: [
      { device: '/dev/sdf', sizeGiB: 5 },
      { device: '/dev/sdg', sizeGiB: 5 },
    ],
  },
  image: {
    register: true,
    volumes: [
      { device: '/dev/sdf', drop: true },
      { device: '/dev/sdb', ephemeral: 1 },
    ],
  },
});
const volume = (device: string, more: Partial<AttachedVolume> = {}): AttachedVolume => ({
  device,
  volume: `vol-${device.at(-1)}`,
  sizeGiB: 5,
  type: 'gp3',
  iops: 3_000,
  throughput: 125,
  deleteOnTermination: true,
  ...more,
});
const volumes = [volume('/dev/xvda', { sizeGiB: 20, iops: 9_000 }), volume('/dev/sdf'), volume('/dev/sdg')];
const { captured } = capturedVolumes(plan, volumes);

/** The snapshots of a call at a second. */
const call = (second: number, state = 'completed', of = ['vol-a', 'vol-g']) =>
  of.map((one) => ({
    snapshot: `snap-${one.at(-1)}${second}`,
    volume: one,
    state,
    description: setDescription(plan, 'i-1', new Date(second * 1000)),
  }));
const found = (snapshots: ReturnType<typeof call>) => {
  const known = knownSet(plan, 'i-1', captured, snapshots);
  return known && 'disks' in known ? known.disks.map(({ device, snapshot }) => `${device} ${snapshot}`) : known;
};

test.each<[string, ReturnType<typeof call>, ReturnType<typeof found>]>([
  ['nothing is there', [], undefined],
  ['one set is there', call(1), ['/dev/xvda snap-a1', '/dev/sdg snap-g1']],
  [
    'two sets are there: the first one, however EC2 lists them',
    [...call(2), ...call(1)],
    ['/dev/xvda snap-a1', '/dev/sdg snap-g1'],
  ],
  ['a set failed', call(1, 'error'), undefined],
  [
    'a set failed and the next one did not',
    [...call(1, 'error'), ...call(2)],
    ['/dev/xvda snap-a2', '/dev/sdg snap-g2'],
  ],
  ['EC2 shows a part of a set', call(1, 'pending', ['vol-g']), { partial: ['snap-g1'] }],
  [
    'parts of two sets make no whole one',
    [...call(1, 'pending', ['vol-g']), ...call(2, 'pending', ['vol-a'])],
    { partial: ['snap-g1'] },
  ],
  ['others made the snapshots', call(1).map((one) => ({ ...one, description: 'by hand' })), undefined],
])('%s', (_, snapshots, wanted) => expect(found(snapshots)).toEqual(wanted));

test('a volume that the recipe drops is no disk of the image', () => {
  const { dropped } = capturedVolumes(plan, volumes);
  expect([captured, dropped].map((list) => list.map(({ device }) => device))).toEqual([
    ['/dev/xvda', '/dev/sdg'],
    ['/dev/sdf'],
  ]);
});

test('the mapping has the speed of the image, not that of the builder, and IOPS only of types that take them', () => {
  const root = { device: '/dev/xvda', snapshot: 'snap-a', sizeGiB: 20, type: 'gp3', deleteOnTermination: true };
  const data = { device: '/dev/sdg', snapshot: 'snap-g', sizeGiB: 5, type: 'gp2', deleteOnTermination: true };
  const disks = [
    { ...root, iops: 9_000, throughput: 125 },
    { ...data, iops: 100 },
  ];
  expect(registeredDevices(plan, disks)).toEqual([
    { ...root, iops: 3_000, throughput: 125 },
    data,
    { device: '/dev/sdb', ephemeral: 1 },
  ]);
});
