import { deliverySeconds } from '../guest/command.ts';
import { secondsOf } from '../duration.ts';
import { triesOf, delayOf, type Attempted } from '../recipe/steps/attempts.ts';
import type { Recipe } from '../recipe/types.ts';

/** How long states wait for AWS, in seconds. All limits are here; those of commands, images and copies come from the recipe's timeouts. */
export const patience = {
  /** Until SSM reaches a newly launched instance. */
  agent: 1800,
  /** Until a builder has stopped. */
  stop: 1800,
  /** Until we stop expecting a shutdown from an instance whose last command shuts it down and succeeded. */
  shutdown: 600,
  /** Until SSM answers for a command, even if it loses the agent. */
  command: (timeoutSeconds: number): number => deliverySeconds + timeoutSeconds + 300,
  /** Until EC2 has made the image. */
  image: ({ image }: Pick<Recipe, 'image'>): number => secondsOf(image.timeout),
  /** Until an image is available that is registered from complete snapshots. */
  registration: 1800,
  /** Until EC2 has copied the image to one of its targets. */
  copy: ({ timeout }: Pick<Recipe['distribute'][number], 'timeout'>): number => secondsOf(timeout),
  /** Until Verify reads back what the recipe asks for. New permissions can take minutes to appear. */
  verify: 300,
  /** Until EC2 has counted who uses an image, while a person waits. */
  usage: 180,
  /** Until every region's channel holds the image. */
  publish: 900,
  /** Until the other variants of a recipe are verified. The wait ends at once if one of them has ended. */
  others: 7 * 24 * 3600,
  /** Until every variant's channel holds its image. The others may see up to half an hour later that all are verified. */
  publishTogether: 4500,
  /** Until the builds of all variants have ended, each within executionSeconds. */
  variants: 14 * 24 * 3600,
  /** Until every temporary resource of a published build is gone. */
  cleanUp: 1800,
  /** Until every region's channel holds what it held before a move that failed. */
  undoMove: 900,
  /** Until EC2 has stored an image in S3, or restored it. Tasks of an account wait for each other. */
  archive: 24 * 3600,
  /** Until every resource of a failed build is gone. */
  compensate: 7200,
};

/** The longest timeout of the sanitizing step, which runs last. */
export const sanitizeSeconds = 1800;

/** Seconds an execution can take: `TimeoutSeconds` of the state machine. */
export const executionSeconds = 14 * 24 * 3600;

/**
 * Seconds after which the sweep removes an instance whose execution has ended. A build may take longer, since the sweep never
 * touches a running build.
 */
export const leftoverSeconds = 7 * 24 * 3600;

/** Time for launching, for full limits of AWS and for retried calls, on top of the waits of a recipe. */
const besideWaits = 36 * 3600;

/** The longest an execution can take, part by part, if every wait reaches its limit. */
export function longestParts({ provision, checks, image, distribute }: Bounded): { path: string; seconds: number }[] {
  const commands = (list: Attempted[]) => list.reduce((sum, step) => sum + longestOfCommand(step), 0);
  return [
    { path: 'provision', seconds: commands(provision) },
    { path: 'checks', seconds: commands(checks) },
    { path: 'image.timeout', seconds: patience.image({ image }) },
    { path: 'distribute', seconds: Math.max(0, ...distribute.map(longestOfTarget)) },
    { path: 'everything else', seconds: besideWaits },
  ];
}

/** All attempts at a step, with the time between them. */
const longestOfCommand = (step: Attempted): number =>
  triesOf(step) * (patience.command(secondsOf(step.timeout)) + delayOf(step));

/** The copies in other accounts are made of the target's own copy, all at the same time. */
const longestOfTarget = (target: Bounded['distribute'][number]): number =>
  patience.copy(target) * (target.copyTo ? 2 : 1);

/** The parts of a recipe that decide how long its build may take. */
export interface Bounded {
  provision: Attempted[];
  checks: Attempted[];
  image: Recipe['image'];
  distribute: Pick<Recipe['distribute'][number], 'timeout' | 'completeWithin' | 'copyTo'>[];
}
