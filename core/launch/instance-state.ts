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
  /** Whether it is a Spot Instance. */
  spot?: boolean;
}

/** Whether an instance has ended or is about to. */
export const isDead = (state: string): boolean => state === 'shutting-down' || state === 'terminated';

/** Whether an instance is stopped or is about to be. It can start again. */
export const isDown = (state: string): boolean => state === 'stopping' || state === 'stopped';

/** @throws InstanceLost if EC2 has taken a Spot Instance back, so that the build begins again on demand. */
export function refuseTakenBack(
  region: string,
  { instance, state, reason, reasonCode, spot }: InstanceDescription,
): void {
  if (isDead(state) && spot && reasonCode?.startsWith('Server.'))
    throw new Failure('InstanceLost', `${instance} in ${region}, a Spot Instance, is ${state}: ${reason}`);
}

/** @throws BuilderFailed with EC2's reason if an instance has ended, InstanceLost if EC2 has taken a Spot Instance back. */
export function refuseDead(region: string, found: InstanceDescription): void {
  refuseTakenBack(region, found);
  const { instance, state, reason } = found;
  if (!isDead(state)) return;
  throw new Failure(
    'BuilderFailed',
    `${instance} in ${region} is ${state} before it was of use: ${reason ?? 'EC2 gives no reason'}`,
  );
}
