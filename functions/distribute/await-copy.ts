import { imageLook } from '../look-image.ts';
import { lambda } from '../stage.ts';
import { wait } from '../wait.ts';

/** Waits until the AMI of one target is available. EC2 guarantees no time for a copy between regions. */
export const awaitCopy = wait(imageLook('AwaitCopy'));

export const handler = lambda(awaitCopy);
