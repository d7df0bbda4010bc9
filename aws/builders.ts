import { Failure } from '../core/errors.ts';
import type { Disk } from '../core/disks.ts';
import { launchAttempts, type LaunchAttempt, type Plan } from '../core/plan.ts';
import { executionSeconds, shutdownBehavior } from '../core/self-destruct.ts';
import { buildTags, type Role } from '../core/tags.ts';
import { bootScripts } from '../core/boot-scripts.ts';
import type { Connection } from './connection.ts';
import { agentOnline } from './commands.ts';
import { describeInstance, findInstances, isDead, type InstanceDescription } from './instances.ts';
import { launchInstance } from './launching.ts';

// How many instances of one role may have died so long ago that EC2 shows them no more.
const mostDead = 10;

/**
 * The one living instance of a role, launched where there is none. Places are tried in the recipe's order.
 * @throws CapacityUnavailable when no place has room, TwinFound when two instances claim the role.
 */
export async function findOrLaunch(
  aws: Connection,
  plan: Plan,
  role: Role,
  from: { ami: string; disks?: Disk[] },
): Promise<string> {
  const found = await findInstances(aws, plan, role);
  const living = found.filter(({ state }) => !isDead(state));
  if (living.length > 1) {
    const ids = living.map(({ instance }) => instance).join(', ');
    throw new Failure(
      'TwinFound',
      `${ids} in ${aws.region} all claim to be the ${role} of ${plan.image}; terminate all but one, then start the build again`,
    );
  }
  if (living[0]) return living[0].instance;

  const { instanceProfile, securityGroups } = plan.document.builder;
  // Everything in the request follows from the plan: EC2 refuses a token that comes back with other parameters.
  const expires = new Date(new Date(plan.resumedAt ?? plan.startedAt).getTime() + executionSeconds * 1000);
  const tags = { ...plan.document.image.tags, Name: `${plan.image} ${role}`, ...buildTags(plan, role, expires) };
  const ending = { userData: bootScripts(plan, role), shutdownBehavior: shutdownBehavior(plan, role) };
  const request = { ...from, instanceProfile, securityGroups, tags, ...ending };
  const generations = Array.from({ length: mostDead }, (_, more) => launchAttempts(plan, role, found.length + more));
  const tried: string[] = [];
  for (const place of launchAttempts(plan, role, 0).keys()) {
    for (const attempts of generations) {
      const attempt = attempts[place] as LaunchAttempt;
      const launched = await launchInstance(aws, { ...request, attempt });
      if (launched === 'spent') continue;
      if ('instance' in launched) return launched.instance;
      tried.push(launched.noCapacity);
      break;
    }
  }
  throw new Failure(
    'CapacityUnavailable',
    `no room for the ${role} of ${plan.image} in ${aws.region}, tried ${tried.join('; ')}. Add instance types or subnets to the recipe's builder, or try later`,
  );
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
 * Whether SSM reaches an instance, or in words what is still missing.
 * @throws BuilderFailed when the instance died.
 */
export async function lookAtAgent(
  aws: Connection,
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
  refuseDead(aws, found);
  // A build that is started again after Seal: its commands are through, and SSM knows so without the agent.
  if (found.state === 'stopping' || found.state === 'stopped') return { done: { instance } };
  if (found.state !== 'running') return { waiting: `${instance} in ${aws.region} is ${found.state}` };
  if (await agentOnline(aws, instance)) return { done: { instance } };
  return {
    waiting: `the SSM agent of ${instance} in ${aws.region} is not online; if it never comes, look at the instance profile, the way to the SSM endpoints and the agent in the source image`,
  };
}
