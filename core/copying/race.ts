import { secondsOf } from '../duration.ts';
import type { Target } from '../recipe/types.ts';

/** How long the earlier copies of each place took, in seconds, newest last. */
export type CopyTimes = Record<string, number[]>;

/** Fewer earlier copies than these do not tell how long one may take. */
const enough = 5;
const mostKept = 20;

/** The times with those of one more build. */
export function withCopyTimes(known: CopyTimes = {}, taken: Record<string, number> = {}): CopyTimes {
  const added = Object.entries(taken).map(([place, seconds]) => [
    place,
    [...(known[place] ?? []), Math.ceil(seconds)].slice(-mostKept),
  ]);
  return { ...known, ...Object.fromEntries(added) };
}

/**
 * Seconds after which a second copy is begun beside a slow one. That is when the copy is slower than 95 of 100 earlier ones of its
 * place. While too few are known, it is the time of `completeWithin`, which is the longest in any case. Undefined where the recipe
 * asks for no second copy.
 */
export function raceAfter(
  { completeWithin }: Pick<Target, 'completeWithin'>,
  known: number[] = [],
): number | undefined {
  if (completeWithin === undefined) return undefined;
  const within = secondsOf(completeWithin);
  const usual = known.toSorted((one, other) => one - other)[Math.ceil(0.95 * known.length) - 1];
  return known.length < enough || usual === undefined ? within : Math.min(within, usual);
}

/** Two copies of one place: the one that goes on as the target's image unless the other one is finished first. */
export function firstAndRival<T extends { ami: string; state: string }>(copies: T[]): (T | undefined)[] {
  const rank = ({ state, ami }: T) => `${state === 'available' ? 0 : 1} ${ami}`;
  return copies.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
}
