import type { Plan } from '../build/plan.ts';
import { Failure } from '../errors.ts';
import { firstImageName } from '../distribute/image-name.ts';
import { deviceChanges, imageDisks } from './disks.ts';

/** A volume of the builder, as it is attached. */
export interface AttachedVolume {
  device: string;
  volume: string;
  sizeGiB: number;
  type: string;
  iops?: number | undefined;
  throughput?: number | undefined;
  deleteOnTermination: boolean;
}

/** A disk of an image that is registered: what its volume was like, and the snapshot of it. */
interface CapturedDisk extends Omit<AttachedVolume, 'volume'> {
  snapshot: string;
}

/** A snapshot that may be of the set that a build makes of its builder. */
interface SetMember {
  snapshot: string;
  volume: string;
  description: string;
  state: string;
}

const beginning = (plan: Plan, instance: string) => `Created for ${firstImageName(plan)} from ${instance} at `;

/** The description of all snapshots that one call of CreateSnapshots makes. Its time tells the sets of two calls apart. */
export const setDescription = (plan: Plan, instance: string, now: Date): string =>
  `${beginning(plan, instance)}${now.toISOString()}`;

/** The volumes of the builder that become disks of the image, and those that the recipe drops. */
export function capturedVolumes(
  { document: { image } }: Plan,
  volumes: AttachedVolume[],
): { captured: AttachedVolume[]; dropped: AttachedVolume[] } {
  const drops = new Set((image.volumes ?? []).flatMap(({ device, drop }) => (drop ? [device] : [])));
  return {
    captured: volumes.filter(({ device }) => !drops.has(device)),
    dropped: volumes.filter(({ device }) => drops.has(device)),
  };
}

/**
 * The set of snapshots that an earlier call made of these volumes: of several sets, the first one. `partial`: EC2 shows a set only in
 * part. A set whose making failed is of no use.
 */
export function knownSet(
  plan: Plan,
  instance: string,
  volumes: AttachedVolume[],
  snapshots: SetMember[],
): { disks: CapturedDisk[] } | { partial: string[] } | undefined {
  const ours = snapshots.filter(({ description }) => description.startsWith(beginning(plan, instance)));
  const descriptions = [...new Set(ours.map(({ description }) => description))].toSorted();
  const sound = descriptions
    .map((description) => ours.filter((one) => one.description === description))
    .filter((members) => members.every(({ state }) => state !== 'error'));
  const whole = sound.map((members) => disksOf(volumes, members)).find((disks) => disks.length === volumes.length);
  if (whole) return { disks: whole };
  return sound[0] && { partial: sound[0].map(({ snapshot }) => snapshot) };
}

/** The disk of a recipe whose source is one, as if it were a volume. It is called by the id of its snapshot. */
export function sourceDisk({ document, source }: Plan): AttachedVolume {
  const { sizeGiB = source.rootSizeGiB, type } = document.builder.rootVolume;
  return { device: source.rootDevice, volume: source.ami, sizeGiB, type, deleteOnTermination: true };
}

/** How the copy of such a disk is encrypted: as the recipe says, or under the key that our own snapshot has. */
export function sourceDiskKey(plan: Plan): { encrypted: boolean; kmsKey?: string } {
  const { encrypted = false, kmsKey } = imageDisks(plan).find(({ device }) => device === plan.source.rootDevice) ?? {};
  const key = kmsKey ?? plan.source.disks?.[0]?.keyArn;
  return { encrypted: encrypted || key !== undefined, ...(key !== undefined && { kmsKey: key }) };
}

/**
 * The disk that EC2 imported from a file, with the size that EC2 found.
 * @throws ImageFailed if the recipe asks for a smaller one.
 */
export function importedDisk(plan: Plan, { snapshot, sizeGiB }: { snapshot: string; sizeGiB: number }): CapturedDisk {
  const { volume: file, ...disk } = sourceDisk(plan);
  const asked = plan.document.builder.rootVolume.sizeGiB ?? sizeGiB;
  if (asked >= sizeGiB) return { ...disk, sizeGiB: asked, snapshot };
  throw new Failure(
    'ImageFailed',
    `the disk in ${file} has ${sizeGiB} GiB, and builder.rootVolume.sizeGiB is ${asked}; raise it, or leave it out`,
  );
}

/** The disks that have snapshots. */
export const disksOf = (
  volumes: AttachedVolume[],
  snapshots: Pick<SetMember, 'snapshot' | 'volume'>[],
): CapturedDisk[] =>
  volumes.flatMap(({ volume, ...disk }) => {
    const made = snapshots.find((one) => one.volume === volume);
    return made ? [{ ...disk, snapshot: made.snapshot }] : [];
  });

// EC2 takes IOPS only of these types, although it shows those of every volume.
const provisioned = /^(gp3|io1|io2)$/;

/** A device of an image that is registered: a disk, or an instance store. */
export type RegisteredDevice = CapturedDisk | { device: string; ephemeral: number };

/** The block device mapping of the image: the builder's volumes with the changes that the recipe asks for. */
export function registeredDevices(plan: Plan, captured: CapturedDisk[]): RegisteredDevice[] {
  const wanted = imageDisks(plan);
  const disks = captured.map(({ iops, throughput, ...disk }): CapturedDisk => {
    const asked = wanted.find(({ device }) => device === disk.device);
    const speed = { iops: asked?.iops ?? iops, throughput: asked?.throughput ?? throughput };
    return {
      ...disk,
      ...(speed.iops !== undefined && provisioned.test(disk.type) && { iops: speed.iops }),
      ...(speed.throughput !== undefined && disk.type === 'gp3' && { throughput: speed.throughput }),
      deleteOnTermination: asked?.deleteOnTermination ?? disk.deleteOnTermination,
    };
  });
  const stores = deviceChanges(plan).flatMap(({ device, ephemeral }) =>
    ephemeral === undefined ? [] : [{ device, ephemeral }],
  );
  return [...disks, ...stores];
}
