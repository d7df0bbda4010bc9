import { imageDisks } from '../launch/disks.ts';
import type { Plan } from '../build/plan.ts';
import type { AmiDescription } from '../launch/source.ts';

/**
 * IOPS and throughput of a gp3 volume where neither the launch nor its image sets them:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html
 */
const usual = { iops: 3_000, throughput: 125 };

function rateWrong(unit: string, asked: number | undefined, found: number | undefined, byDefault: number) {
  if (asked === undefined || asked === (found ?? byDefault)) return [];
  return [`has ${found ?? `the usual ${byDefault}`} ${unit}, not ${asked}`];
}

/**
 * Every difference between the disks of an image and the recipe, except encryption. The block device mapping of an AMI never
 * changes, so these differences are permanent.
 */
export function diskWrongs(plan: Plan, { ami, disks }: Pick<AmiDescription, 'ami' | 'disks'>): string[] {
  return imageDisks(plan).flatMap(({ device, sizeGiB, type, iops, throughput }) => {
    const disk = disks.find((one) => one.device === device);
    if (!disk) return [`${ami} has no disk ${device}`];
    const wrongs =
      sizeGiB && disk.sizeGiB !== undefined && disk.sizeGiB !== sizeGiB
        ? [`has ${disk.sizeGiB} GiB, not ${sizeGiB}`]
        : [];
    if (type !== undefined && disk.type !== undefined && disk.type !== type)
      wrongs.push(`is ${disk.type}, not ${type}`);
    else
      wrongs.push(
        ...rateWrong('IOPS', iops, disk.iops, usual.iops),
        ...rateWrong('MiB/s', throughput, disk.throughput, usual.throughput),
      );
    return wrongs.map((says) => `${ami} ${device} ${says}`);
  });
}
