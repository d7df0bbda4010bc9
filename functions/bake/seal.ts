import { stoppedLook } from '../look-stopped.ts';
import { lambda } from '../stage.ts';
import { wait } from '../wait.ts';

/** Waits until the builder is stopped, or does not stop it where the recipe captures it running. */
export const seal = wait(stoppedLook);

export const handler = lambda(seal);
