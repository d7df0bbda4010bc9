import { inPlace } from '../distribute/place.ts';
import type { Recipe } from '../recipe/types.ts';
import type { SourceImage } from './source.ts';

export interface Disk {
  device: string;
  sizeGiB?: number | undefined;
  /** Absent: the same as in the source image. */
  type?: string;
  encrypted?: boolean | undefined;
  kmsKey?: string | undefined;
  iops?: number | undefined;
  throughput?: number | undefined;
  /** `false`: the volume outlives instances of the image. */
  deleteOnTermination?: boolean | undefined;
}

/** A build's plan, as far as disks depend on it. */
interface Known {
  region: string;
  source: SourceImage;
  document: Pick<Recipe, 'builder' | 'distribute' | 'image'>;
}

/**
 * Every disk that the builder has, as it is when the image is made. The home target gets the first AMI itself, so that AMI must be
 * made under the target's key. That key applies to every disk, including those that only the source image names.
 */
export function everyDisk({ document: { builder, distribute, image }, region, source }: Known): Disk[] {
  const home = inPlace(distribute, { region });
  const keyed = (disk: Disk): Disk => {
    const kmsKey = disk.kmsKey ?? home?.kmsKey;
    return kmsKey ? { ...disk, encrypted: true, kmsKey } : disk;
  };
  const rest = { sizeGiB: source.rootSizeGiB, ...builder.rootVolume, ...image.rootVolume };
  const named = [{ device: source.rootDevice, ...rest, ...restored(rest, builder.disk) }, ...builder.volumes];
  const others = (source.disks ?? []).filter(({ device }) => !named.some((disk) => disk.device === device));
  return [...named, ...others.map(({ device, sizeGiB }) => ({ device, sizeGiB }))].map(keyed);
}

/** Every disk of the image. */
export function imageDisks(plan: Known): Disk[] {
  const { volumes = [] } = plan.document.image;
  return everyDisk(plan).flatMap((disk) => {
    const { drop, deleteOnTermination } = volumes.find(({ device }) => device === disk.device) ?? {};
    if (drop) return [];
    return deleteOnTermination === undefined ? [disk] : [{ ...disk, deleteOnTermination }];
  });
}

export interface ImageSize {
  /** Of all disks of known size. */
  gib: number;
  /** Disks whose size is not known: EC2 tells that of a file's disk only after its import. Absent where all are known. */
  unsized?: string[];
}

export function imageSize(plan: Known): ImageSize {
  const disks = imageDisks(plan);
  const unsized = disks.filter(({ sizeGiB = 0 }) => sizeGiB === 0).map(({ device }) => device);
  const gib = disks.reduce((sum, { sizeGiB = 0 }) => sum + sizeGiB, 0);
  return { gib, ...(unsized.length > 0 && { unsized }) };
}

/** What an estimate lacks that was made without such disks. */
export const withoutDisks = (unsized: string[]): string => `without ${unsized.join(', ')}, whose size is not known`;

/**
 * The disks in which the builder differs from its source image when it is launched: those that the recipe describes, and those that
 * get a key.
 */
export function builderDisks(plan: Known): Disk[] {
  const { disk: fast } = plan.document.builder;
  return everyDisk(plan)
    .filter((disk) => disk.type !== undefined || disk.kmsKey !== undefined)
    .map((disk) => (disk.device === plan.source.rootDevice ? { ...disk, ...fast } : disk));
}

interface Speed {
  iops?: number | undefined;
  throughput?: number | undefined;
}

/** What every gp3 volume has if nobody says more: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html */
export const usualSpeed = { iops: 3_000, throughput: 125 };

/** The speed that the image has, as far as the builder's is another. */
function restored(image: Speed, fast: Speed | undefined): Speed {
  const { iops = usualSpeed.iops, throughput = usualSpeed.throughput } = image;
  return {
    ...(fast?.iops !== undefined && { iops }),
    ...(fast?.throughput !== undefined && { throughput }),
  };
}

/**
 * The root volume's device and the speed that it must get before the image is made. Undefined if it has that speed, and for an image
 * that is registered, whose mapping says the speed.
 */
export function speedToRestore(plan: Known): ({ device: string } & Speed) | undefined {
  if (plan.document.image.register) return undefined;
  const { disk: fast } = plan.document.builder;
  const root = everyDisk(plan).find(({ device }) => device === plan.source.rootDevice);
  if (!root || !fast) return undefined;
  const [iops, throughput] = [fast.iops === undefined ? undefined : root.iops, fast.throughput && root.throughput];
  if (iops === fast.iops && throughput === fast.throughput) return undefined;
  return { device: root.device, ...(iops && { iops }), ...(throughput && { throughput }) };
}

/** A device in which the image's block device mapping differs from the builder's. */
export interface DeviceChange {
  device: string;
  drop?: boolean | undefined;
  ephemeral?: number | undefined;
  deleteOnTermination?: boolean | undefined;
}

/** What CreateImage is asked to change in the block device mapping of the builder. */
export function deviceChanges({ document: { image }, source }: Known): DeviceChange[] {
  const { deleteOnTermination } = image.rootVolume ?? {};
  const root = deleteOnTermination === undefined ? [] : [{ device: source.rootDevice, deleteOnTermination }];
  return [...root, ...(image.volumes ?? [])];
}
