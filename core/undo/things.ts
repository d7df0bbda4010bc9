import type { Tags } from '../tags.ts';

/** An import is EC2's task that makes a snapshot of a file. */
export type Kind = 'instance' | 'volume' | 'import' | 'image' | 'snapshot';

/** A resource that EC2 lists. */
export interface Thing {
  kind: Kind;
  id: string;
  region: string;
  /** Account it belongs to. */
  owner: string;
  state: string;
  /** ISO 8601. Empty where EC2 gives no date. */
  createdAt: string;
  tags: Tags;
  /** Snapshots of an image's disks, or of an import. EC2 names them only once they are there. */
  snapshots: string[];
  /** Keys of an image's watermarks. */
  watermarks?: string[] | undefined;
  /** The instance that a volume is attached to. */
  instance?: string | undefined;
}

const ended: Record<Kind, string[]> = {
  instance: ['terminated'],
  volume: ['deleting', 'deleted'],
  import: ['deleted'],
  image: ['deregistered'],
  snapshot: [],
};

/** Whether EC2 shows only the memory of a thing. */
export const hasEnded = ({ kind, state }: Thing): boolean => ended[kind].includes(state);

/** EC2 failed to make the image. */
export const isFailed = ({ kind, state }: Thing): boolean =>
  kind === 'image' && ['failed', 'invalid', 'error'].includes(state);

/** An attached volume can go only after its instance. */
export const isAttached = ({ kind, state }: Thing): boolean => kind === 'volume' && state === 'in-use';

/** An id is unique in its region only. */
export const idInRegion = (region: string, id: string): string => `${region} ${id}`;

/** By `region snapshot`: the AMIs that use the snapshot. A snapshot cannot go before them. */
export function usersOf(things: Thing[]): Map<string, Thing[]> {
  const users = new Map<string, Thing[]>();
  for (const image of things)
    for (const snapshot of image.snapshots) {
      const key = idInRegion(image.region, snapshot);
      users.set(key, [...(users.get(key) ?? []), image]);
    }
  return users;
}

/** Whether EC2 may be making an AMI of a snapshot. A pending AMI does not name its snapshots yet. */
export const mayBeMadeOf = (snapshot: Thing, image: Thing): boolean =>
  image.kind === 'image' &&
  (image.state === 'pending' || image.state === 'transient') &&
  image.region === snapshot.region &&
  image.tags['golden:build'] === snapshot.tags['golden:build'];
