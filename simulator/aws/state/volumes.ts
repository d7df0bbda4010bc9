import type { TagMap } from './tags.ts';

// EBS volumes as the simulated EC2 keeps them.

export interface Volume {
  id: string;
  owner: string;
  zone: string;
  state: 'in-use' | 'available';
  attachment?: { instance: string; device: string; deleteOnTermination: boolean; at: number } | undefined;
  sizeGiB: number;
  usedGiB: number;
  type: string;
  iops?: number | undefined;
  throughput?: number | undefined;
  keyArn: string | undefined;
  snapshot: string | undefined;
  createdAt: number;
  /** The last change of its speed. The volume shows it once it is made. */
  change?: { at: number; endsAt: number } | undefined;
  tags: TagMap;
}

/** A tar archive that a command has unpacked on the root disk of a guest. */
export interface UnpackedArchive {
  archive: Buffer;
  /** The folder that it is in. */
  into: string;
  /** Another name of its only file. */
  name: string | undefined;
  mode: string | undefined;
  owner: string | undefined;
}
