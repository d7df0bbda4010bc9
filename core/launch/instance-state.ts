import { Failure } from '../errors.ts';

/** An instance as EC2 describes it. */
export interface InstanceDescription {
  instance: string;
  /** pending | running | shutting-down | terminated | stopping | stopped */
  state: string;
  /** EC2's reason for the state, e.g. `Server.SpotInstanceTermination: …`. */
  reason?: string | undefined;
  /** The code of that reason, e.g. `Server.SpotInstanceTermination`. */
  reasonCode?: string | undefined;
}

/** Whether an instance has ended or is about to. */
export const isDead = (state: string): boolean => state === 'shutting-down' || state === 'terminated';

/** Whether an instance is stopped or is about to be. It can start again. */
export const isDown = (state: string): boolean => state === 'stopping' || state === 'stopped';

/** @throws BuilderFailed with EC2's reason if an instance has ended. */
export function refuseDead(region: string, { instance, state, reason }: InstanceDescription): void {
  if (!isDead(state)) return;
  throw new Failure(
    'BuilderFailed',
    `${instance} in ${region} is ${state} before it was of use: ${reason ?? 'EC2 gives no reason'}`,
  );
}
