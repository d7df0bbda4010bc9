import { agentLook } from '../look-agent.ts';
import { lambda } from '../stage.ts';
import { wait } from '../wait.ts';

/** Waits until SSM reaches the candidate. An image whose instances do not start fails here, even without checks. */
export const awaitCandidate = wait(agentLook('AwaitCandidate'));

export const handler = lambda(awaitCandidate);
