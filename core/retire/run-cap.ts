import { inBatches } from '../batches.ts';
import type { RetireDecision } from './decide-retirement.ts';
import { timeOfBuild } from './retiring.ts';

/** Images of a run whose users are looked up. ResolveRetirement has ten minutes. */
export const mostLooked = 300;

const waits = (one: RetireDecision, why: string): RetireDecision => ({
  ...one,
  verdict: { reason: `${one.verdict.step} waits: a run ${why}` },
});

/**
 * Chooses the images that take a step in a run, the oldest first. Others take their step in later runs. An image that somebody uses
 * takes no place under the cap, so images in use never keep the rest from being retired.
 * @param look Decides about images once it is known who uses them, and keeps their order.
 */
export async function underCap(
  decisions: RetireDecision[],
  cap: number,
  look: (some: RetireDecision[]) => Promise<RetireDecision[]>,
): Promise<RetireDecision[]> {
  const due = decisions
    .filter(({ verdict }) => verdict.step !== undefined)
    .toSorted((one, other) => timeOfBuild(one.build) - timeOfBuild(other.build));
  const decided = new Map<RetireDecision, RetireDecision>();
  const full = `retires ${cap} images at most`;
  let steps = 0;
  for (const some of inBatches(due, cap)) {
    if (steps >= cap || decided.size >= mostLooked) break;
    const looked = await look(some);
    for (const [index, one] of some.entries()) {
      const after = looked[index] ?? waits(one, full);
      const isDue = after.verdict.step !== undefined;
      decided.set(one, isDue && steps >= cap ? waits(one, full) : after);
      if (isDue) steps += 1;
    }
  }
  const rest = steps >= cap ? full : `looks up the users of ${mostLooked} images at most`;
  return decisions.map((one) => (one.verdict.step === undefined ? one : (decided.get(one) ?? waits(one, rest))));
}
