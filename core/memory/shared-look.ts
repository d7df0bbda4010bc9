import type { WaitBounds } from '../build/awaited.ts';

/** `waits/looks/<region>.json`: the last look at all AMIs that builds wait for in a region without a stack of `golden regions`. */
export interface RegionLook {
  /** When it began. ISO 8601. */
  at: string;
  /** By AMI id: pending | available | failed | … */
  states: Record<string, string>;
}

/** A copy shares its looks if at least so many others are waited for in its region when it begins. */
export const fewestOthers = 2;

/** How old a shared look may be, in seconds. Near the usual end of a copy it must be young, so that the end is not seen late. */
export const freshFor = ({ usual }: Pick<WaitBounds, 'usual'>, waited: number): number =>
  Math.min(15, Math.max(3, 0.25 * Math.abs(usual - waited)));

/** Whether a shared look is young enough to stand for one of this build. */
export const isFresh = ({ at }: RegionLook, fresh: number, now: Date): boolean =>
  now.getTime() - new Date(at).getTime() < fresh * 1000;

/** Whether an AMI is pending as far as a shared look tells. A copy that was begun after the look can only be pending. */
export const isPendingIn = ({ at, states }: RegionLook, { ami, since }: { ami: string; since: string }): boolean =>
  (states[ami] ?? (Date.parse(since) > Date.parse(at) ? 'pending' : '')) === 'pending';
