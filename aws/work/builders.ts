import { Failure } from '../../core/errors.ts';
import type { Disk } from '../../core/launch/disks.ts';
import { attemptsOf, climbed, launchAttempt, mostLost, nameOf, type Ladder } from '../../core/launch/ladder.ts';
import type { Plan } from '../../core/build/plan.ts';
import { leftoverSeconds } from '../../core/build/limits.ts';
import { shutdownBehavior } from '../../core/guest/self-destruct.ts';
import { buildTags, type Role } from '../../core/tags.ts';
import { bootScripts } from '../../core/guest/boot-scripts.ts';
import type { Connection } from '../connection.ts';
import { agentOnline } from '../instances/commands.ts';
import { describeInstance, findInstances, isDead, type InstanceDescription } from '../instances/instances.ts';
import { endReasons } from '../codes/ec2-codes.ts';
import { launchInstance } from '../instances/launching.ts';

// Tokens of one attempt that may belong to instances which ended so long ago that EC2 shows them no more.
const mostSpent = 5;
// A fresh instance may take this long to be shown under its tags.
const shownSeconds = 300;

/**
 * The one living instance of a role, or one attempt to launch it: EC2 is asked for one place. Where that has no room, the
 * answer says which attempt is next, so that a call is short however many places there are.
 * @throws CapacityUnavailable after the last attempt, TwinFound when two instances claim the role.
 */
export async function findOrLaunch(
  aws: Connection,
  plan: Plan,
  role: Role,
  from: { ami: string; disks?: Disk[] },
  ladder: Ladder,
): Promise<Ladder> {
  const found = await findInstances(aws, plan, role);
  const living = found.filter(({ state }) => !isDead(state));
  if (living.length > 1) {
    const ids = living.map(({ instance }) => instance).join(', ');
    throw new Failure(
      'TwinFound',
      `${ids} in ${aws.region} all claim to be the ${role} of ${plan.image}; terminate all but one, then start the build again`,
    );
  }
  const after = (...what: string[]) => climbed(plan, role, ladder, what);
  if (living[0]) return { ...after(), launched: true, instance: living[0].instance };
  const exhausted = (tried: string[]) => {
    const lost = found.map(({ instance, reason }) => `${instance} ended: ${reason ?? 'EC2 gives no reason'}`);
    return new Failure(
      'CapacityUnavailable',
      `no room for the ${role} of ${plan.image} in ${aws.region} in ${ladder.attempt} attempts, tried ${[...tried, ...lost].join('; ')}. Add instance types or subnets to the recipe's builder, or try later`,
    );
  };
  if (ladder.attempt >= attemptsOf(plan)) throw exhausted(ladder.tried);

  const { instanceProfile, publicIp, securityGroups } = plan.document.builder;
  // Everything in the request follows from the plan: EC2 refuses a token that comes back with other parameters.
  const expires = new Date(new Date(plan.resumedAt ?? plan.startedAt).getTime() + leftoverSeconds * 1000);
  const tags = { ...plan.document.image.tags, Name: `${plan.image} ${role}`, ...buildTags(plan, role, expires) };
  const ending = { userData: bootScripts(plan, role), shutdownBehavior: shutdownBehavior(plan, role) };
  const request = { ...from, instanceProfile, securityGroups, publicIp, tags, ...ending };
  for (let generation = 0; generation < mostSpent; generation++) {
    const attempt = launchAttempt(plan, role, ladder.attempt, generation);
    const launched = await launchInstance(aws, { ...request, attempt });
    if (launched === 'spent') continue;
    // An instance that was asked for in other words lives or has ended. Only when it must be shown is another one asked for.
    if (launched === 'otherwise')
      return { ...after(`${nameOf(attempt)}: was asked for before a deployment`), waitSeconds: shownSeconds };
    if ('instance' in launched) return { ...after(), launched: true, instance: launched.instance };
    return after(launched.noCapacity);
  }
  return after(`${mostSpent} instances of this attempt have ended`);
}

// A fresh instance id can be unknown to DescribeInstances for a while: EC2 is eventually consistent.
const graceSeconds = 300;

/** @throws BuilderFailed with EC2's reason when an instance has ended. */
export function refuseDead({ region }: Connection, { instance, state, reason }: InstanceDescription): void {
  if (!isDead(state)) return;
  throw new Failure(
    'BuilderFailed',
    `${instance} in ${region} is ${state} before it was of use: ${reason ?? 'EC2 gives no reason'}`,
  );
}

/**
 * An instance that EC2 took away for want of room, or by an error of its own, says nothing of its image.
 * @throws InstanceLost so that the next place is tried, CapacityUnavailable where that has happened too often.
 */
async function moveOnFromLost(
  aws: Connection,
  plan: Plan,
  role: Role,
  { instance, state, reason, reasonCode = '' }: InstanceDescription,
): Promise<void> {
  if (!isDead(state) || endReasons[reasonCode] !== 'moves on') return;
  const dead = (await findInstances(aws, plan, role)).filter((one) => isDead(one.state));
  const what = `${instance} in ${aws.region}, the ${role} of ${plan.image}, ended before it was of use: ${reason}`;
  if (dead.length <= mostLost(plan)) throw new Failure('InstanceLost', what);
  throw new Failure('CapacityUnavailable', `${what}. So did ${dead.length - 1} others before it; try later`);
}

/**
 * Whether SSM reaches an instance, or in words what is still missing.
 * @throws InstanceLost, CapacityUnavailable, BuilderFailed when the instance died.
 */
export async function lookAtAgent(
  aws: Connection,
  plan: () => Promise<Plan>,
  role: Role,
  instance: string,
  waitedSeconds: number,
): Promise<{ done: { instance: string } } | { waiting: string }> {
  const found = await describeInstance(aws, instance);
  if (!found) {
    if (waitedSeconds < graceSeconds) return { waiting: `EC2 does not know ${instance} in ${aws.region} yet` };
    throw new Failure(
      'BuilderFailed',
      `EC2 does not know ${instance} in ${aws.region}, ${graceSeconds} s after it was launched`,
    );
  }
  if (isDead(found.state)) await moveOnFromLost(aws, await plan(), role, found);
  refuseDead(aws, found);
  // A build that is started again after Seal: its commands are through, and SSM knows so without the agent.
  if (found.state === 'stopping' || found.state === 'stopped') return { done: { instance } };
  if (found.state !== 'running') return { waiting: `${instance} in ${aws.region} is ${found.state}` };
  if (await agentOnline(aws, instance)) return { done: { instance } };
  return {
    waiting: `the SSM agent of ${instance} in ${aws.region} is not online; if it never comes, look at the instance profile, the way to the SSM endpoints and the agent in the source image`,
  };
}
