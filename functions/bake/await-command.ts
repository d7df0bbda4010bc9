import { commandLook } from '../look-command.ts';
import { lambda } from '../stage.ts';
import { wait } from '../wait.ts';

/** Waits for a provisioning step. */
export const awaitCommand = wait(commandLook('AwaitCommand'));

export const handler = lambda(awaitCommand);
