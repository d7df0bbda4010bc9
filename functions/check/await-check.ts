import { commandLook } from '../look-command.ts';
import { lambda } from '../stage.ts';
import { wait } from '../wait.ts';

/** Waits for a check. A failed check ends the build before anything is shared. */
export const awaitCheck = wait(commandLook('AwaitCheck'));

export const handler = lambda(awaitCheck);
