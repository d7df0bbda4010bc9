import type { Command } from '../guest/command.ts';
import { patience } from './limits.ts';
import type { Plan } from './plan.ts';
import type { Target } from '../recipe/types.ts';
import { paceOf, slowest, type Pace } from './rhythm.ts';

/** What a state that starts something in AWS hands to the state that waits for it. */
export interface Awaited {
  /** ISO 8601. Step Functions may report another entry time after a retry, so the state records its own. */
  since: string;
  /** Seconds after which the wait gives up. */
  limit: number;
  /** Seconds during which the wait looks often. */
  quickFor: number;
}

const awaited = ({ document }: Plan, kind: keyof Pace, limit: number, now: Date): Awaited => ({
  since: now.toISOString(),
  limit,
  quickFor: (paceOf(document) ?? slowest)[kind],
});

export const awaitedCommand = (plan: Plan, { timeoutSeconds }: Command, now: Date): Awaited =>
  awaited(plan, 'commands', patience.command(timeoutSeconds), now);

export const awaitedImage = (plan: Plan, now: Date): Awaited =>
  awaited(plan, 'images', patience.image(plan.document), now);

export const awaitedCopy = (plan: Plan, target: Target, now: Date): Awaited =>
  awaited(plan, 'images', patience.copy(target), now);

/** Whether EC2 has made, or is making, the image of a build that is started again. */
export function imageMade(images: { ami: string; state: string }[], plan: Plan, now: Date) {
  const made = images.find(({ state }) => state === 'pending' || state === 'available');
  return made ? { made: true, ami: made.ami, ...awaitedImage(plan, now) } : { made: false };
}
