import type { Timing } from './timings.ts';

/**
 * How long the waits of a recipe's newest published build took, in seconds. The next build looks when the end is near, instead
 * of all the time. The steps and checks are in the recipe's order, the copies by region.
 */
export interface UsualSeconds {
  /** From the launch of the builder until SSM reaches it. */
  builder: number;
  stop: number;
  image: number;
  /** From the launch of the candidate until SSM reaches it. */
  candidate: number;
  provision: number[];
  checks: number[];
  copies: Record<string, number>;
}

/** How long AWS typically takes, until a recipe has a published build to learn from. */
export const typical = { agent: 30, stop: 30, command: 5, image: 90, copy: 60 };

/** Learns from the timings of a published build. A wait that the build did without, or went through twice, teaches nothing. */
export function usualSeconds(timings: Timing[], regions: string[]): Partial<UsualSeconds> {
  const visits = (state: string) => timings.filter((timing) => timing.state === state);
  const once = (state: string) => {
    const [only, ...others] = visits(state);
    return only && others.length === 0 ? only.seconds : undefined;
  };
  const items = (state: string) => visits(state).map(({ index }) => index);
  const inOrder = (state: string) => {
    const whole = items(state).every((index, at) => index === at);
    return whole ? visits(state).map(({ seconds }) => seconds) : undefined;
  };
  const copies = visits('AwaitCopy').flatMap(({ index = -1, seconds }) => {
    const region = regions[index];
    return region === undefined ? [] : [[region, seconds] as const];
  });
  const learned = {
    builder: once('AwaitBuilder'),
    stop: once('Seal'),
    image: once('AwaitImage'),
    candidate: once('AwaitCandidate'),
    provision: inOrder('AwaitCommand'),
    checks: inOrder('AwaitCheck'),
    copies: Object.fromEntries(copies),
  };
  return Object.fromEntries(Object.entries(learned).filter(([, known]) => known !== undefined));
}
