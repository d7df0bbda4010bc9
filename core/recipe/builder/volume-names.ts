import * as z from 'zod/mini';
import { formed } from '../scalars.ts';

/** The key `name` of a volume. */
export const volumeName = z
  .string()
  .check(
    formed(/^[A-Za-z][A-Za-z0-9-]{0,39}$/, 'be letters, digits and hyphens, such as data, and begin with a letter'),
    z.describe(
      'Name by which scripts of steps and checks find the disk: with data, the variable GOLDEN_DISK_DATA is /dev/nvme1n1 or what Linux calls it there, and the number of the disk on Windows.',
    ),
  );

/** The variable with the disk of a named volume. */
export const diskVariable = (name: string): string => `GOLDEN_DISK_${name.toUpperCase().replaceAll('-', '_')}`;

/** A volume with the variable in which a script finds its disk. */
export interface DiskByName {
  variable: string;
  name: string;
  device: string;
}

interface Disks {
  builder: { volumes: { device: string; name?: string }[] };
  image: { volumes?: { device: string; drop?: true; ephemeral?: number }[] };
}

const disksOf = ({ builder }: Pick<Disks, 'builder'>): DiskByName[] =>
  builder.volumes.flatMap(({ name, device }) =>
    name === undefined ? [] : [{ variable: diskVariable(name), name, device }],
  );

/** The systems of builder and candidate with their named disks. The candidate lacks the volumes that the image drops or replaces. */
export function withNamedDisks<S>(recipe: Disks, system: S): { builder: S; candidate: S } {
  const disks = disksOf(recipe);
  if (disks.length === 0) return { builder: system, candidate: system };
  const other = (recipe.image.volumes ?? []).filter(({ drop, ephemeral }) => drop || ephemeral !== undefined);
  const kept = disks.filter(({ device }) => !other.some((volume) => volume.device === device));
  return { builder: { ...system, namedDisks: disks }, candidate: { ...system, namedDisks: kept } };
}
