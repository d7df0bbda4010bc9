import { expect, test } from '@jest/globals';
import { diskWrongs } from '../../../core/distribute/disk-wrongs.ts';
import { builderDisks, deviceChanges, imageDisks, speedToRestore } from '../../../core/launch/disks.ts';
import { planOf } from '../../support/plan.ts';

const builder = { instanceProfile: 'p', instanceTypes: ['t3.small'] };

test('a fast builder slows down to the speed that the image says, or to that of every gp3 volume', () => {
  const disk = { iops: 6_000, throughput: 500 };
  const plain = planOf({ builder: { ...builder, disk } });
  expect(builderDisks(plain)).toMatchObject([disk]);
  expect(speedToRestore(plain)).toEqual({ device: '/dev/xvda', iops: 3_000, throughput: 125 });
  expect(imageDisks(plain)).toMatchObject([{ iops: 3_000, throughput: 125 }]);
  const said = planOf({
    builder: { ...builder, disk, rootVolume: { iops: 4_000 } },
    image: { rootVolume: { throughput: 250 } },
  });
  expect(speedToRestore(said)).toEqual({ device: '/dev/xvda', iops: 4_000, throughput: 250 });
  expect(imageDisks(said)).toMatchObject([{ iops: 4_000, throughput: 250 }]);
});

test('a builder that is as fast as its image changes nothing', () => {
  expect(speedToRestore(planOf())).toBeUndefined();
  expect(speedToRestore(planOf({ builder: { ...builder, disk: { iops: 3_000 } } }))).toBeUndefined();
});

const volumes = ['/dev/sdf', '/dev/sdg'].map((device) => ({ device, sizeGiB: 5 }));
const shaped = planOf({
  builder: { ...builder, volumes },
  image: {
    rootVolume: { deleteOnTermination: false },
    volumes: [
      { device: '/dev/sdf', drop: true },
      { device: '/dev/sdg', deleteOnTermination: false },
      { device: '/dev/sdb', ephemeral: 0 },
    ],
  },
});
const root = { device: '/dev/xvda', sizeGiB: 8, type: 'gp3', encrypted: false, deleteOnTermination: false as const };
const data = { device: '/dev/sdg', sizeGiB: 5, type: 'gp3', encrypted: false, deleteOnTermination: false as const };
const ephemeral = { '/dev/sdb': 'ephemeral0' };

test('the image has the devices that the recipe says, and the builder has all volumes', () => {
  expect(builderDisks(shaped).map(({ device }) => device)).toEqual(['/dev/xvda', '/dev/sdf', '/dev/sdg']);
  expect(imageDisks(shaped).map(({ device }) => device)).toEqual(['/dev/xvda', '/dev/sdg']);
  expect(deviceChanges(shaped)).toEqual([
    { device: '/dev/xvda', deleteOnTermination: false },
    { device: '/dev/sdf', drop: true },
    { device: '/dev/sdg', deleteOnTermination: false },
    { device: '/dev/sdb', ephemeral: 0 },
  ]);
});

const { deleteOnTermination: _, ...ends } = data;
test.each([
  ['every device as the recipe says', { disks: [root, data], ephemeral }, []],
  [
    'a dropped disk',
    { disks: [root, data, { ...data, device: '/dev/sdf' }], ephemeral },
    ['still has the disk /dev/sdf'],
  ],
  ['no instance store volume', { disks: [root, data] }, ['maps nothing to /dev/sdb, not ephemeral0']],
  [
    'another instance store volume',
    { disks: [root, data], ephemeral: { '/dev/sdb': 'ephemeral1' } },
    ['maps ephemeral1'],
  ],
  ['a disk that ends too early', { disks: [root, ends], ephemeral }, ['/dev/sdg ends with instances']],
])('an image with %s is read back', (_what, image, says) => {
  const wrongs = diskWrongs(shaped, { ami: 'ami-1', ...image });
  expect(wrongs).toEqual(says.map((words) => expect.stringContaining(words)));
});

test('a disk that outlives instances is told if the recipe says that it must not', () => {
  expect(diskWrongs(planOf(), { ami: 'ami-1', disks: [root] })).toEqual([]); // as the source image has it
  const plan = planOf({ image: { rootVolume: { deleteOnTermination: true } } });
  expect(diskWrongs(plan, { ami: 'ami-1', disks: [root] })).toEqual([
    'ami-1 /dev/xvda outlives instances of the image, and should not',
  ]);
});
