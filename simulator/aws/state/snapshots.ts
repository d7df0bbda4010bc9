import type { System } from './images.ts';
import type { TagMap } from './tags.ts';
import type { UnpackedArchive } from './volumes.ts';

// EBS snapshots as the simulated EC2 keeps them.

export interface Snapshot {
  id: string;
  owner: string;
  description: string;
  state: 'pending' | 'completed' | 'error';
  stateMessage?: string;
  startedAt: number;
  /** When the copy is expected to end; Progress is computed from it. */
  endsAt: number;
  volume: string;
  /** The original of this copy. */
  copyOf?: { region: string; id: string };
  /** When the last time-based copy of it ends. */
  timeBasedUntil?: number;
  /** The system on it, if it is of a root device. */
  system?: { name: System; agent: boolean; unpacked?: UnpackedArchive[] | undefined };
  sizeGiB: number;
  usedGiB: number;
  keyArn: string | undefined;
  /** Account ids, or `all`. */
  sharedWith: Set<string>;
  tags: TagMap;
}

/** A task that makes a snapshot of a file in S3. */
export interface StoredImport {
  id: string;
  owner: string;
  description: string;
  bucket: string;
  key: string;
  format: string;
  state: 'active' | 'completed' | 'deleting' | 'deleted';
  message: string;
  startedAt: number;
  /** When the task is expected to end. Its progress is computed from this. */
  endsAt: number;
  snapshot?: string;
  keyArn: string | undefined;
  tags: TagMap;
}
