import type { Image } from './images.ts';
import type { Snapshot } from './snapshots.ts';

/** An AMI or a snapshot that the Recycle Bin keeps after its deletion. */
export interface Discarded {
  image?: Image;
  snapshot?: Snapshot;
  enteredAt: number;
  leavesAt: number;
}
