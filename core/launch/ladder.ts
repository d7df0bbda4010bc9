import { clientToken } from '../build/identity.ts';
import type { Plan } from '../build/plan.ts';
import type { Role } from '../tags.ts';

/** Where an instance may find room. */
export interface Place {
  instanceType: string;
  subnet?: string | undefined;
}

/** The places of a recipe, in order: every instance type in the first subnet, then in the next. */
export function placesOf({ document: { builder } }: Plan): Place[] {
  const subnets: (string | undefined)[] = builder.subnets.length > 0 ? builder.subnets : [undefined];
  return subnets.flatMap((subnet) => builder.instanceTypes.map((instanceType) => ({ instanceType, subnet })));
}

export const nameOf = ({ instanceType, subnet }: Place): string => `${instanceType}${subnet ? ` in ${subnet}` : ''}`;

/** How far the search for a place has come. The state machine carries it from one call of Launch to the next. */
export interface Ladder {
  launched: boolean;
  /** Empty where none is launched. */
  instance: string;
  /** Number of the attempt to make next, from 0. The places are gone through in rounds. */
  attempt: number;
  /** Seconds to wait before that attempt. */
  waitSeconds: number;
  /** What became of the latest attempts, in words. */
  tried: string[];
}

export const atTheFoot: Ladder = { launched: false, instance: '', attempt: 0, waitSeconds: 1, tried: [] };

// Nothing is lost with a builder that finds no room. A candidate holds up an image that may have taken hours.
const patienceSeconds = { builder: 3600, candidate: 6 * 3600, image: 0 };
// Each attempt writes about ten events into the history of an execution, which has room for 25,000.
const [mostAttempts, mostRounds] = [240, 24];

function roundsOf(plan: Plan): { places: number; rounds: number } {
  const places = placesOf(plan).length;
  return { places, rounds: Math.max(1, Math.min(mostRounds, Math.floor(mostAttempts / places))) };
}

/** How many attempts a role has: every place once at the least. */
export function attemptsOf(plan: Plan): number {
  const { places, rounds } = roundsOf(plan);
  return places * rounds;
}

/** How many instances of a role EC2 may take away before another attempt is no longer worth it. */
export const mostLost = (plan: Plan): number => Math.min(10, Math.max(3, placesOf(plan).length));

export interface LaunchAttempt extends Place {
  /** Same attempt, same token: a repeated call finds the instance of the first instead of making a twin. */
  token: string;
}

/**
 * The n-th attempt: its place and its token. A state that is retried has the same input, so it makes the same attempt.
 * @param generation How many tokens of this attempt belong to instances that have ended: EC2 refuses a token that is spent.
 */
export function launchAttempt(plan: Plan, role: Role, attempt: number, generation: number): LaunchAttempt {
  const places = placesOf(plan);
  const place = places[attempt % places.length] as Place;
  const { instanceType, subnet } = place;
  const parts = [attempt, generation, instanceType, subnet, plan.resumedAt];
  return { ...place, token: clientToken(plan.recipe, plan.build, role, ...parts) };
}

/**
 * The ladder after an attempt. The next place is tried at once; after the last place all builds wait a while, and not all
 * equally long.
 * @param what What became of the attempt, in words.
 */
export function climbed(
  plan: Plan,
  role: Role,
  { attempt, tried }: Pick<Ladder, 'attempt' | 'tried'>,
  what: string[],
): Ladder {
  const { places, rounds } = roundsOf(plan);
  const next = attempt + 1;
  const even = patienceSeconds[role] / Math.max(1, rounds - 1);
  const spread = 0.75 + parseInt(launchAttempt(plan, role, next, 0).token.slice(0, 4), 16) / 0x20000;
  return {
    launched: false,
    instance: '',
    attempt: next,
    waitSeconds: next % places === 0 ? Math.max(60, Math.round(even * spread)) : 1,
    tried: [...tried, ...what].slice(-places),
  };
}
