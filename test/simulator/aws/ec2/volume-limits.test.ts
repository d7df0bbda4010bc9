import { expect, test } from '@jest/globals';
import { refuseImpossibleVolume, type WantedVolume } from '../../../../simulator/aws/ec2/volume-limits.ts';

const wanted = (volume: Partial<WantedVolume>): WantedVolume => ({
  type: 'gp3',
  sizeGiB: 8,
  iops: undefined,
  throughput: undefined,
  root: true,
  ...volume,
});

test.each<[Partial<WantedVolume>, name: string, message: string]>([
  [{ throughput: 1000 }, 'InvalidParameterValue', 'Throughput (MiBps) to iops ratio of 0.333333 is too high'],
  [{ iops: 16_000 }, 'InvalidParameterValue', 'Iops to volume size ratio of 2000.000000 is too high; maximum is 500'],
  [{ type: 'io1', sizeGiB: 10, iops: 5000 }, 'InvalidParameterValue', 'ratio of 500.000000 is too high; maximum is 50'],
  [{ type: 'io2', sizeGiB: 10, iops: 64_000 }, 'InvalidParameterValue', 'is too high; maximum is 1000'],
  [{ type: 'gp2', iops: 3000 }, 'InvalidParameterCombination', 'iops is not supported for gp2'],
  [
    { type: 'gp2', throughput: 125 },
    'InvalidParameterCombination',
    'throughput can only be specified for volumeType gp3',
  ],
  [{ type: 'io2' }, 'InvalidParameterCombination', 'iops must be specified for io2'],
  [
    { type: 'st1', sizeGiB: 124, root: false },
    'InvalidParameterValue',
    'Volume size of 124 is too low; minimum is 125',
  ],
  [{ type: 'st1', sizeGiB: 125 }, 'InvalidParameterValue', 'boot volume'],
  [{ type: 'gp4' }, 'InvalidParameterValue', "Invalid value 'gp4' for VolumeType"],
])('EBS does not make %j', (volume, name, message) => {
  const make = () => refuseImpossibleVolume(wanted(volume));
  expect(make).toThrow(message);
  expect(make).toThrow(expect.objectContaining({ name }));
});

test.each<Partial<WantedVolume>>([
  { sizeGiB: 1, iops: 3000, throughput: 750 },
  { sizeGiB: 160, iops: 80_000, throughput: 2000 },
  { type: 'io1', sizeGiB: 1280, iops: 64_000 },
  { type: 'io2', sizeGiB: 256, iops: 256_000 },
  { type: 'sc1', sizeGiB: 125, root: false },
])('EBS makes %j', (volume) => {
  expect(() => refuseImpossibleVolume(wanted(volume))).not.toThrow();
});
