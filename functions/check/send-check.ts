import { sending } from '../send.ts';
import { lambda } from '../stage.ts';

/** Sends one check to the candidate. */
export const sendCheck = sending('SendCheck', 'check');

export const handler = lambda(sendCheck);
