import { inPlace } from '../distribute/place.ts';
import type { Plan } from '../build/plan.ts';
import type { Recipe } from '../recipe/types.ts';

export interface Disk {
  device: string;
  sizeGiB?: number | undefined;
  /** Absent: the same as in the source image. */
  type?: string;
  encrypted?: boolean | undefined;
  kmsKey?: string | undefined;
  iops?: number | undefined;
  throughput?: number | undefined;
}

type Known = Pick<Plan, 'region' | 'source'> & { document: Pick<Recipe, 'builder' | 'distribute'> };

/**
 * Every disk of the builder, and so of the image. The home target gets the first AMI itself, so that AMI must be made under the
 * target's key. That key applies to every disk, including those that only the source image names.
 */
export function imageDisks({ document: { builder, distribute }, region, source }: Known): Disk[] {
  const home = inPlace(distribute, { region });
  const keyed = (disk: Disk): Disk => {
    const kmsKey = disk.kmsKey ?? home?.kmsKey;
    return kmsKey ? { ...disk, encrypted: true, kmsKey } : disk;
  };
  const root = { device: source.rootDevice, sizeGiB: source.rootSizeGiB, ...builder.rootVolume };
  const named = [root, ...builder.volumes];
  const others = (source.disks ?? []).filter(({ device }) => !named.some((disk) => disk.device === device));
  return [...named, ...others.map(({ device, sizeGiB }) => ({ device, sizeGiB }))].map(keyed);
}

/** The disks in which the builder differs from its source image: those that the recipe describes, and those that get a key. */
export const builderDisks = (plan: Known): Disk[] =>
  imageDisks(plan).filter((disk) => disk.type !== undefined || disk.kmsKey !== undefined);
