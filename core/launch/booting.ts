import { imageName } from '../build/identity.ts';
import { Failure } from '../errors.ts';
import type { BuildIdentity, Role } from '../tags.ts';
import { isDown, refuseDead, type InstanceDescription } from './instance-state.ts';

/** An instance of a build that SSM does not reach yet. */
export interface Booting {
  build: BuildIdentity;
  role: Role;
  instance: string;
  region: string;
  /** How many lost instances of this role the build accepts. */
  mostLost: number;
}

/** The answer of a look at an instance: SSM reaches it, or what is missing, in words. */
export type BootingLook = { done: { instance: string } } | { waiting: string };

// A fresh instance id can be unknown to DescribeInstances for a while: EC2 is eventually consistent.
const graceSeconds = 300;

/**
 * Decides on an instance whose agent is not online, by what EC2 says of it. `found` is absent if EC2 does not know the id.
 * @param lost How many instances of the role have ended, if EC2 ended this one for lack of room or by its own error. Then the
 * image is not to blame.
 * @throws InstanceLost so that the next place is tried, CapacityUnavailable if that has happened too often, BuilderFailed if the
 * instance ended for another reason or never came to light.
 */
export function judgeBooting(
  { build, role, instance, region, mostLost }: Booting,
  found: InstanceDescription | undefined,
  { waitedSeconds, lost }: { waitedSeconds: number; lost?: number | undefined },
): BootingLook {
  if (!found) {
    if (waitedSeconds < graceSeconds) return { waiting: `EC2 does not know ${instance} in ${region} yet` };
    throw new Failure(
      'BuilderFailed',
      `EC2 does not know ${instance} in ${region}, ${graceSeconds} s after it was launched`,
    );
  }
  if (lost !== undefined) {
    const what = `${instance} in ${region}, the ${role} of ${imageName(build)}, ended before it was of use: ${found.reason}`;
    if (lost <= mostLost) throw new Failure('InstanceLost', what);
    throw new Failure('CapacityUnavailable', `${what}. So did ${lost - 1} others before it; try later`);
  }
  refuseDead(region, found);
  // The build was resumed after Seal: its commands are done, and SSM shows that without the agent.
  if (isDown(found.state)) return { done: { instance } };
  if (found.state !== 'running') return { waiting: `${instance} in ${region} is ${found.state}` };
  return {
    waiting: `the SSM agent of ${instance} in ${region} is not online; if it never comes, look at the instance profile, the way to the SSM endpoints and the agent in the source image`,
  };
}
