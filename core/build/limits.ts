import { deliverySeconds } from '../guest/command.ts';
import { secondsOf } from '../duration.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** How long states wait for what they ask AWS for, in seconds. Every bound stands here; those of images are the recipe's. */
export const patience = {
  /** Until SSM reaches an instance that was just launched. */
  agent: 1800,
  /** Until a builder has stopped. */
  stop: 1800,
  /** Until a command that shuts its instance down and has ended well is taken not to do so. */
  shutdown: 600,
  /** Until SSM has an answer to a command, whatever happens to the agent. */
  command: (timeoutSeconds: number): number => deliverySeconds + timeoutSeconds + 300,
  /** Until EC2 has made the image. */
  image: ({ image }: Pick<Recipe, 'image'>): number => secondsOf(image.timeout),
  /** Until EC2 has copied the image to one of its targets. */
  copy: ({ timeout }: Pick<Recipe['distribute'][number], 'timeout'>): number => secondsOf(timeout),
  /** Until what Verify reads back is as it shall be: permissions can take minutes to be seen. */
  verify: 300,
  /** Until every region's channel holds the image. */
  publish: 900,
  /** Until everything temporary of a published build is gone. */
  cleanUp: 1800,
  /** Until everything of a failed build is gone. */
  compensate: 7200,
};

/** The longest timeout of the sanitizing step, which comes last. */
export const sanitizeSeconds = 1800;

/** Seconds an execution can take: `TimeoutSeconds` of the state machine. */
export const executionSeconds = 14 * 24 * 3600;

/**
 * Seconds after which the sweep removes an instance that no execution works for any more. A build may take longer: the sweep takes
 * nothing from one that is at work.
 */
export const leftoverSeconds = 7 * 24 * 3600;

/** What launches, full limits of AWS and calls that are tried again may take beside the waits of a recipe. */
const besideWaits = 36 * 3600;

/** The longest an execution can take, part by part, when every wait goes to its bound. */
export function longestParts({ provision, checks, image, distribute }: Bounded): { path: string; seconds: number }[] {
  const commands = (list: { timeout: string }[]) =>
    list.reduce((sum, { timeout }) => sum + patience.command(secondsOf(timeout)), 0);
  return [
    { path: 'provision', seconds: commands(provision) },
    { path: 'checks', seconds: commands(checks) },
    { path: 'image.timeout', seconds: patience.image({ image }) },
    { path: 'distribute', seconds: Math.max(0, ...distribute.map(patience.copy)) },
    { path: 'everything else', seconds: besideWaits },
  ];
}

/** The parts of a recipe that say how long its build may take. */
export interface Bounded {
  provision: { timeout: string }[];
  checks: { timeout: string }[];
  image: Recipe['image'];
  distribute: Pick<Recipe['distribute'][number], 'timeout'>[];
}
