import { imageLook } from '../look-image.ts';
import { lambda } from '../stage.ts';
import { wait } from '../wait.ts';

/** Waits until EC2 has made the image, which can take hours for a large disk. */
export const awaitImage = wait(imageLook('AwaitImage'));

export const handler = lambda(awaitImage);
