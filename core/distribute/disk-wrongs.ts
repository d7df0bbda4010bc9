import { imageDisks, usualSpeed } from '../launch/disks.ts';
import type { Plan } from '../build/plan.ts';
import type { AmiDescription } from '../launch/source.ts';

function rateWrong(unit: string, asked: number | undefined, found: number | undefined, byDefault: number) {
  if (asked === undefined || asked === (found ?? byDefault)) return [];
  return [`has ${found ?? `the usual ${byDefault}`} ${unit}, not ${asked}`];
}

/**
 * Every difference between the disks of an image and the recipe, except encryption. The block device mapping of an AMI never
 * changes, so these differences are permanent.
 */
export function diskWrongs(plan: Plan, image: Pick<AmiDescription, 'ami' | 'disks' | 'ephemeral'>): string[] {
  const { ami, disks } = image;
  const wrongs = imageDisks(plan).flatMap(({ device, sizeGiB, type, iops, throughput, deleteOnTermination }) => {
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
        ...rateWrong('IOPS', iops, disk.iops, usualSpeed.iops),
        ...rateWrong('MiB/s', throughput, disk.throughput, usualSpeed.throughput),
      );
    if (deleteOnTermination !== undefined && deleteOnTermination !== (disk.deleteOnTermination ?? true))
      wrongs.push(`${deleteOnTermination ? 'outlives' : 'ends with'} instances of the image, and should not`);
    return wrongs.map((says) => `${ami} ${device} ${says}`);
  });
  return [...wrongs, ...deviceWrongs(plan, image)];
}

/** Devices that the recipe drops and the image still has, and instance store volumes that the image does not map. */
function deviceWrongs(plan: Plan, { ami, disks, ephemeral }: Pick<AmiDescription, 'ami' | 'disks' | 'ephemeral'>) {
  return (plan.document.image.volumes ?? []).flatMap(({ device, drop, ephemeral: wanted }) => {
    if (drop && disks.some((disk) => disk.device === device)) return [`${ami} still has the disk ${device}`];
    const found = ephemeral?.[device];
    if (wanted === undefined || found === `ephemeral${wanted}`) return [];
    return [`${ami} maps ${found ?? 'nothing'} to ${device}, not ephemeral${wanted}`];
  });
}
