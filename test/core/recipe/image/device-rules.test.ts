import { expect, test } from '@jest/globals';
import { sourceProblems } from '../../../../core/preflight/source.ts';
import { parseRecipe } from '../../../../core/recipe/recipe.ts';
import { linux, planOf } from '../../../support/plan.ts';

const builder = { instanceTypes: ['t3.small'], volumes: [{ device: '/dev/sdf', sizeGiB: 20 }] };
const problemsOf = (changes: Record<string, unknown>) =>
  (
    parseRecipe(
      {
        name: 'base',
        source: { ami: 'ami-0123456789abcdef0', owner: 'self' },
        builder,
        distribute: [{ region: 'us-east-1' }],
        ...changes,
      },
      {},
    ).problems ?? []
  ).map(({ path, message }) => `${path.join('.')} ${message}`);
const ofDisk = (disk: object, rootVolume: object = {}) => problemsOf({ builder: { ...builder, disk, rootVolume } });
const ofVolumes = (...volumes: object[]) => problemsOf({ image: { volumes } });

test('a fast disk of the builder, and devices that the image drops, keeps or maps, are fine', () => {
  const fast = { ...builder, disk: { iops: 16_000, throughput: 1_000 }, rootVolume: { sizeGiB: 40 } };
  const rootVolume = { iops: 4_000, deleteOnTermination: false };
  const volumes = [
    { device: '/dev/sdf', drop: true },
    { device: '/dev/sdg', deleteOnTermination: false },
    { device: '/dev/sdb', ephemeral: 0 },
  ];
  expect(problemsOf({ builder: fast, image: { rootVolume, volumes } })).toEqual([]);
});

test.each([
  ['a disk that says nothing', ofDisk({}), 'builder.disk says nothing'],
  ['IOPS that its size does not allow', ofDisk({ iops: 8_000 }, { sizeGiB: 8 }), 'builder.disk.iops is 8000, but'],
  ['throughput without IOPS for it', ofDisk({ throughput: 1_000 }), 'builder.disk.throughput is 1000, but'],
  [
    'IOPS too few for the throughput of the volume',
    ofDisk({ iops: 3_000 }, { iops: 8_000, throughput: 1_000, sizeGiB: 40 }),
    'builder.disk.iops throughput is 1000, but',
  ],
  ['speed of a type that has none', ofDisk({ iops: 4_000 }, { type: 'gp2' }), 'builder.disk.iops does not go with gp2'],
  [
    'an image whose volume is slower than its type allows',
    problemsOf({ image: { rootVolume: { iops: 200 } } }),
    'image.rootVolume.iops must be from 3000',
  ],
  ['a device about which nothing is said', ofVolumes({ device: '/dev/sdf' }), 'image.volumes.0 /dev/sdf: say drop'],
  [
    'a device that is dropped and kept',
    ofVolumes({ device: '/dev/sdf', drop: true, deleteOnTermination: true }),
    'image.volumes.0 /dev/sdf: drop and deleteOnTermination do not go together',
  ],
  ['the root device', ofVolumes({ device: '/dev/xvda', drop: true }), 'image.volumes.0.device /dev/xvda is the root'],
  [
    'one device twice',
    ofVolumes({ device: '/dev/sdf', drop: true }, { device: '/dev/xvdf', ephemeral: 1 }).slice(1),
    'image.volumes.1.device /dev/xvdf is the same device',
  ],
  [
    'one instance store volume twice',
    ofVolumes({ device: '/dev/sdb', ephemeral: 1 }, { device: '/dev/sdc', ephemeral: 1 }),
    'image.volumes.1.ephemeral 1 is the same volume',
  ],
  [
    'an instance store volume at the device of a volume',
    ofVolumes({ device: '/dev/sdf', ephemeral: 0 }),
    'image.volumes.0.device /dev/sdf is that of builder.volumes[0]',
  ],
])('%s is refused', (_what, problems, message) => {
  expect(problems).toEqual([expect.stringContaining(message)]);
});

test.each([
  ['drops a volume that nobody has', { volumes: [{ device: '/dev/sdq', drop: true }] }, 'it has only /dev/sdb'],
  ['drops the root', { volumes: [{ device: '/dev/xvdz', drop: true }] }, "is the source image's root device"],
  ['maps over a volume', { volumes: [{ device: '/dev/sdb', ephemeral: 0 }] }, 'has a volume of the source'],
])('an image that %s of its source is refused', (_what, image, message) => {
  const disks = ['/dev/xvdz', '/dev/sdb'].map((device) => ({ device, sizeGiB: 8, encrypted: false }));
  const { document } = planOf({ image });
  expect(sourceProblems(document, { ...linux, rootDevice: '/dev/xvdz', disks }, 'us-east-1')).toEqual([
    { path: ['image', 'volumes', 0, 'device'], message: expect.stringContaining(message) },
  ]);
});

test('a fast disk that is too fast for the size of the source image is refused', () => {
  const { document } = planOf({ builder: { ...builder, disk: { iops: 16_000 } } });
  expect(sourceProblems(document, linux, 'us-east-1')).toMatchObject([{ path: ['builder', 'disk', 'iops'] }]);
});
