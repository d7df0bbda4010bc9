import { executionSeconds, patience } from '../build/limits.ts';
import { slowRhythms } from '../build/looks/rhythm.ts';
import { runsUntilCapture } from '../launch/capture.ts';
import type { Command } from './command.ts';
import type { Plan } from '../build/plan.ts';
import { holdSeconds } from '../undo/hold.ts';
import type { Role } from '../tags.ts';

// Beside its wait, a state may need time for retries while AWS is busy, and for the interval until the next look.
const slackSeconds = 6300;
// TerminateInstances, which has no wait, is retried for longer while AWS is busy.
const candidateSlackSeconds = 12_000;

const waitsOf = ({ timeoutSeconds, attempts = 1, delaySeconds = 0 }: Command): number[] =>
  Array.from({ length: attempts }, () => patience.command(timeoutSeconds) + delaySeconds);

/**
 * Seconds after which a healthy build no longer needs an instance that has not rebooted since. This is the sum of all waits at
 * their limits. It counts from a boot, so that it is the same whenever the build is started.
 */
export function selfDestructSeconds({ provision, checks, document }: Plan, role: Role): number {
  const commands = role === 'candidate' ? checks : provision;
  const waits = [patience.agent, ...commands.flatMap(waitsOf)];
  // A candidate is terminated after its checks. A builder is stopped, or must run until its image is made.
  // The rare looks at an image come up to two hours after its limit, and once more while AWS is busy.
  const image = patience.image(document) + 2 * slowRhythms.images.longest;
  if (role === 'builder') waits.push(runsUntilCapture(document) ? image : patience.stop);
  const seconds = waits.reduce(
    (sum, wait) => sum + wait + slackSeconds,
    (role === 'candidate' ? candidateSlackSeconds : slackSeconds) + holdSeconds({ document }),
  );
  return Math.min(seconds, executionSeconds);
}

/**
 * What EC2 does with an instance that shuts itself down. Sysprep shuts a Windows builder down before its image is made, so a
 * Windows builder must only stop. If its timer ends it, the sweep terminates it later.
 */
export const shutdownBehavior = ({ source }: Plan, role: Role): 'stop' | 'terminate' =>
  role === 'builder' && source.windows ? 'stop' : 'terminate';
