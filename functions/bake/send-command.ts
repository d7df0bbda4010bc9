import { sending } from '../send.ts';
import { lambda } from '../stage.ts';

/** Sends one provisioning step to the builder. */
export const sendCommand = sending('SendCommand', 'provision');

export const handler = lambda(sendCommand);
