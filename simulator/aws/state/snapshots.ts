import type { TagMap } from './tags.ts';

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
  sizeGiB: number;
  usedGiB: number;
  keyArn: string | undefined;
  /** Account ids, or `all`. */
  sharedWith: Set<string>;
  tags: TagMap;
}
