import type { Retrier } from './definition.ts';
import { matches, type StateError } from './errors.ts';

/**
 * The retriers of one visit to a state; each counts its own attempts. The first one that names the error decides. It gives the
 * seconds until the next attempt, or undefined if it has none left.
 * Waits grow by BackoffRate up to MaxDelaySeconds; with JitterStrategy FULL, they are random below that.
 */
export function createRetries(
  retriers: Retrier[] = [],
  random: () => number,
): (error: StateError) => number | undefined {
  const attempts = new Map<Retrier, number>();
  return (error) => {
    const retrier = retriers.find(({ ErrorEquals }) => matches(ErrorEquals, error));
    if (!retrier) return undefined;
    const {
      IntervalSeconds = 1,
      MaxAttempts = 3,
      BackoffRate = 2,
      MaxDelaySeconds = Infinity,
      JitterStrategy,
    } = retrier;
    const made = attempts.get(retrier) ?? 0;
    if (made >= MaxAttempts) return undefined;
    attempts.set(retrier, made + 1);
    const delay = Math.min(IntervalSeconds * BackoffRate ** made, MaxDelaySeconds);
    return JitterStrategy === 'FULL' ? random() * delay : delay;
  };
}
