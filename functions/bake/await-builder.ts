import { agentLook } from '../look-agent.ts';
import { lambda } from '../stage.ts';
import { wait } from '../wait.ts';

/** Waits until SSM reaches the builder. */
export const awaitBuilder = wait(agentLook('AwaitBuilder'));

export const handler = lambda(awaitBuilder);
