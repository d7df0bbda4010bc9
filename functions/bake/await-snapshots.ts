import { snapshotsLook } from '../look-snapshots.ts';
import { lambda } from '../stage.ts';
import { wait } from '../wait.ts';

/** Waits until the snapshots are complete from which the image is registered. This can take hours for a large disk. */
export const awaitSnapshots = wait(snapshotsLook);

export const handler = lambda(awaitSnapshots);
