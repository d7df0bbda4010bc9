import { Failure } from '../../core/errors.ts';
import type { Disk } from '../../core/launch/disks.ts';
import { attemptsOf, climbed, launchAttempt, nameOf, withoutSpot, type Ladder } from '../../core/launch/ladder.ts';
import type { Plan } from '../../core/build/plan.ts';
import { leftoverSeconds } from '../../core/build/limits.ts';
import { shutdownBehavior } from '../../core/guest/self-destruct.ts';
import { judgeBooting, type Booting, type BootingLook } from '../../core/launch/booting.ts';
import { isDead } from '../../core/launch/instance-state.ts';
import { buildTags, type Role } from '../../core/tags.ts';
import { holdSeconds } from '../../core/undo/hold.ts';
import { bootScripts } from '../../core/guest/boot-scripts.ts';
import type { Connection } from '../connection.ts';
import { agentOnline } from '../instances/commands.ts';
import { describeInstance, findInstances } from '../instances/instances.ts';
import { endReasons } from '../codes/end-reasons.ts';
import { launchInstance } from '../instances/launching.ts';
import type { Artifacts } from '../memory/artifacts.ts';

/** The actions of EC2 that findOrLaunch and endHold call. */
export const launchPermissions = [
  'ec2:CreateTags',
  'ec2:DescribeInstances',
  'ec2:ModifyNetworkInterfaceAttribute',
  'ec2:RunInstances',
];

// How many tokens of one attempt may belong to instances that ended so long ago that EC2 no longer shows them.
const mostSpent = 5;
// EC2 may take this long to show a new instance under its tags.
const shownSeconds = 300;

/**
 * Finds the one living instance of a role, or makes one attempt to launch it in one place. If that place has no room, the answer
 * names the next attempt, so that a call is short however many places there are.
 * @param first See isFirstTry: the first attempt's token finds the instance.
 * @throws CapacityUnavailable after the last attempt, TwinFound when two instances claim the role.
 */
export async function findOrLaunch(
  aws: Connection,
  plan: Plan,
  role: Role,
  from: { ami: string; disks?: Disk[] },
  reached: Ladder,
  first: boolean,
): Promise<Ladder> {
  const ladder = role === 'builder' ? withoutSpot(plan, reached) : reached;
  const search = { role, onDemand: ladder.onDemand };
  const found = first && ladder.attempt === 0 && !ladder.onDemand ? [] : await findInstances(aws, plan, role);
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
  if (ladder.attempt >= attemptsOf(plan, search)) throw exhausted(ladder.tried);

  const { builder, image } = plan.document;
  // The request depends only on the plan: EC2 refuses a repeated token with other parameters.
  const expires = new Date(new Date(plan.resumedAt ?? plan.startedAt).getTime() + leftoverSeconds * 1000);
  const named = { ...image.tags, Name: `${plan.image} ${role}`, ...builder.tags };
  const tags = { ...named, ...buildTags(plan, role, expires) };
  const ending = { userData: bootScripts(plan, role), shutdownBehavior: shutdownBehavior(plan, role) };
  const instanceProfile = (role === 'builder' && plan.secretsProfile) || builder.instanceProfile;
  // cloud-init writes the key into a file of the instance. On the builder, that file would become part of the image.
  const keyPair = role === 'candidate' ? builder.candidateKeyPair : undefined;
  const request = { ...from, builder: { ...builder, instanceProfile }, keyPair, tags, ...ending };
  for (let generation = 0; generation < mostSpent; generation++) {
    const attempt = launchAttempt(plan, search, ladder.attempt, generation);
    const launched = await launchInstance(aws, { ...request, attempt });
    if (launched === 'spent') continue;
    // The token was used with another request. Wait until EC2 must show that instance, and only then ask for another.
    if (launched === 'otherwise')
      return { ...after(`${nameOf(attempt)}: was asked for before a deployment`), waitSeconds: shownSeconds };
    if ('instance' in launched) return { ...after(), launched: true, instance: launched.instance };
    return after(launched.noCapacity);
  }
  return after(`${mostSpent} instances of this attempt have ended`);
}

/** Gives an instance that was held its own security groups back, so that its build can go on. Loaded only where one can be held. */
export async function endHold(artifacts: Artifacts, plan: Plan, { launched, instance }: Ladder): Promise<void> {
  if (!launched || plan.resumedAt === undefined || holdSeconds(plan) === 0) return;
  await (await import('../undo/isolate.ts')).giveGroupsBack(artifacts, plan, instance);
}

/**
 * Whether SSM reaches an instance, or what is still missing, in words. EC2 is asked why only in the `last` look of a call.
 * @throws what judgeBooting throws if the instance died.
 */
export async function lookAtAgent(
  aws: Connection,
  booting: Booting,
  waitedSeconds: number,
  last: boolean,
): Promise<BootingLook> {
  const { instance, build, role } = booting;
  if (await agentOnline(aws, instance)) return { done: { instance } };
  if (!last) return { waiting: `the SSM agent of ${instance} in ${aws.region} is not online` };
  const found = await describeInstance(aws, instance);
  const movesOn = found && isDead(found.state) && endReasons[found.reasonCode ?? ''] === 'moves on';
  const lost = movesOn
    ? (await findInstances(aws, build, role)).filter(({ state }) => isDead(state)).length
    : undefined;
  return judgeBooting(booting, found, { waitedSeconds, lost });
}
