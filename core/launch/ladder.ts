import { clientToken } from '../build/identity.ts';
import type { Builder } from '../recipe/types.ts';
import type { BuildIdentity, Role } from '../tags.ts';

/** The parts of a plan that decide where its instances are tried, and with which tokens. */
export interface Launches extends BuildIdentity {
  document: { builder: Pick<Builder, 'instanceTypes' | 'subnets'> };
  resumedAt?: string;
}

/** An instance type and a subnet in which EC2 may have capacity. */
interface Place {
  instanceType: string;
  subnet?: string | undefined;
}

/** The places of a recipe, in order: every instance type in the first subnet, then in the next. */
export function placesOf({ document: { builder } }: Launches): Place[] {
  const subnets: (string | undefined)[] = builder.subnets.length > 0 ? builder.subnets : [undefined];
  return subnets.flatMap((subnet) => builder.instanceTypes.map((instanceType) => ({ instanceType, subnet })));
}

export const nameOf = ({ instanceType, subnet }: Place): string => `${instanceType}${subnet ? ` in ${subnet}` : ''}`;

/** The progress of the search for capacity. The state machine passes it from one call of Launch to the next. */
export interface Ladder {
  launched: boolean;
  /** Empty where no instance is launched. */
  instance: string;
  /** Number of the next attempt, from 0. Attempts go through the places in rounds. */
  attempt: number;
  /** Seconds to wait before that attempt. */
  waitSeconds: number;
  /** The results of the latest attempts, in words. */
  tried: string[];
  /** How many lost instances of the role the build accepts. */
  mostLost: number;
}

/** Where the search of a role begins. */
export const atTheFoot = (plan: Launches): Ladder => ({
  launched: false,
  instance: '',
  attempt: 0,
  waitSeconds: 1,
  tried: [],
  mostLost: mostLost(plan),
});

// Launching a builder comes first, so giving up early loses nothing. A candidate comes after an image that may have taken hours.
const patienceSeconds = { builder: 3600, candidate: 6 * 3600, image: 0 };
// Each attempt writes about ten events into the history of an execution, which has room for 25,000.
const [mostAttempts, mostRounds] = [240, 24];

function roundsOf(plan: Launches): { places: number; rounds: number } {
  const places = placesOf(plan).length;
  return { places, rounds: Math.max(1, Math.min(mostRounds, Math.floor(mostAttempts / places))) };
}

/** How many attempts a role has. Every place is tried at least once. */
export function attemptsOf(plan: Launches): number {
  const { places, rounds } = roundsOf(plan);
  return places * rounds;
}

/** How many lost instances of a role a build accepts. After that, another attempt is not worth it. */
const mostLost = (plan: Launches): number => Math.min(10, Math.max(3, placesOf(plan).length));

export interface LaunchAttempt extends Place {
  /** The same attempt has the same token, so a repeated call finds the first instance and makes no second one. */
  token: string;
}

/**
 * The n-th attempt: its place and its token. A retried state has the same input, so it repeats the same attempt.
 * @param generation How many instances of this attempt have ended. EC2 refuses the token of an ended instance.
 */
export function launchAttempt(plan: Launches, role: Role, attempt: number, generation: number): LaunchAttempt {
  const places = placesOf(plan);
  const place = places[attempt % places.length] as Place;
  const { instanceType, subnet } = place;
  const parts = [attempt, generation, instanceType, subnet, plan.resumedAt];
  return { ...place, token: clientToken(plan.recipe, plan.build, role, ...parts) };
}

/**
 * The ladder after a failed attempt. The next place is tried at once. After the last place a build waits before the next round;
 * the wait differs between builds, so that they do not all retry together.
 * @param what Why the attempt failed, in words.
 */
export function climbed(
  plan: Launches,
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
    mostLost: mostLost(plan),
  };
}
