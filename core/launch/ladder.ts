import { clientToken } from '../build/identity.ts';
import type { Builder } from '../recipe/types.ts';
import type { BuildIdentity, Role } from '../tags.ts';

/** The parts of a plan that decide where its instances are tried, and with which tokens. */
export interface Launches extends BuildIdentity {
  document: { builder: Pick<Builder, 'instanceTypes' | 'subnets' | 'spot'> };
  resumedAt?: string;
}

/** An instance type and a subnet in which EC2 may have capacity. */
interface Place {
  instanceType: string;
  subnet?: string | undefined;
  spot?: true;
}

/** Who looks for a place, and whether spot is out of the question since EC2 has taken a Spot Instance back. */
interface Search {
  role: Role;
  onDemand: boolean;
}

/** The places on demand, in order: every instance type in the first subnet, then in the next. */
function placesOnDemand({ document: { builder } }: Launches): Place[] {
  const subnets: (string | undefined)[] = builder.subnets.length > 0 ? builder.subnets : [undefined];
  return subnets.flatMap((subnet) => builder.instanceTypes.map((instanceType) => ({ instanceType, subnet })));
}

/** The places of a round, in order: for a builder, all as spot first if the recipe says so, then all on demand. */
export function placesOf(plan: Launches, { role, onDemand }: Search): Place[] {
  const places = placesOnDemand(plan);
  const bySpot = role === 'builder' && plan.document.builder.spot === true && !onDemand;
  return [...(bySpot ? places.map((place) => ({ ...place, spot: true as const })) : []), ...places];
}

export const nameOf = ({ instanceType, subnet, spot }: Place): string =>
  `${instanceType}${spot ? ' as spot' : ''}${subnet ? ` in ${subnet}` : ''}`;

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
  /** Whether spot is not tried any more. */
  onDemand: boolean;
  /** Why the instance before was lost, as the Catch of the state machine hands it on. */
  lost?: unknown;
}

/** Where the search of a role begins. */
export const atTheFoot = (plan: Launches): Ladder => ({
  launched: false,
  instance: '',
  attempt: 0,
  waitSeconds: 1,
  tried: [],
  mostLost: mostLost(plan),
  onDemand: false,
});

/** The ladder of a builder whose Spot Instance EC2 has taken back: the search begins anew, on demand. */
export const withoutSpot = (plan: Launches, ladder: Ladder): Ladder =>
  plan.document.builder.spot && ladder.lost !== undefined && !ladder.onDemand
    ? { ...ladder, attempt: 0, onDemand: true }
    : ladder;

// Launching a builder comes first, so giving up early loses nothing. A candidate comes after an image that may have taken hours.
const patienceSeconds = { builder: 3600, candidate: 6 * 3600, image: 0 };
// Each attempt writes about ten events into the history of an execution, which has room for 25,000.
const [mostAttempts, mostRounds] = [240, 24];

function roundsOf(plan: Launches, search: Search): { places: number; rounds: number } {
  const places = placesOf(plan, search).length;
  return { places, rounds: Math.max(1, Math.min(mostRounds, Math.floor(mostAttempts / places))) };
}

/** How many attempts a role has. Every place is tried at least once. */
export function attemptsOf(plan: Launches, search: Search): number {
  const { places, rounds } = roundsOf(plan, search);
  return places * rounds;
}

/** How many lost instances of a role a build accepts. After that, another attempt is not worth it. */
const mostLost = (plan: Launches): number => Math.min(10, Math.max(3, placesOnDemand(plan).length));

export interface LaunchAttempt extends Place {
  /** The same attempt has the same token, so a repeated call finds the first instance and makes no second one. */
  token: string;
}

/**
 * The n-th attempt: its place and its token. A retried state has the same input, so it repeats the same attempt.
 * @param generation How many instances of this attempt have ended. EC2 refuses the token of an ended instance.
 */
export function launchAttempt(plan: Launches, search: Search, attempt: number, generation: number): LaunchAttempt {
  const places = placesOf(plan, search);
  const place = places[attempt % places.length] as Place;
  const { instanceType, subnet, spot } = place;
  const market = [...(spot ? ['spot'] : []), ...(search.onDemand ? ['on demand'] : [])];
  const parts = [attempt, generation, instanceType, subnet, plan.resumedAt, ...market];
  return { ...place, token: clientToken(plan.recipe, plan.build, search.role, ...parts) };
}

/**
 * The ladder after a failed attempt. The next place is tried at once. After the last place a build waits before the next round;
 * the wait differs between builds, so that they do not all retry together.
 * @param what Why the attempt failed, in words.
 */
export function climbed(
  plan: Launches,
  role: Role,
  { attempt, tried, onDemand }: Pick<Ladder, 'attempt' | 'tried' | 'onDemand'>,
  what: string[],
): Ladder {
  const search = { role, onDemand };
  const { places, rounds } = roundsOf(plan, search);
  const next = attempt + 1;
  const even = patienceSeconds[role] / Math.max(1, rounds - 1);
  const spread = 0.75 + parseInt(launchAttempt(plan, search, next, 0).token.slice(0, 4), 16) / 0x20000;
  return {
    launched: false,
    instance: '',
    attempt: next,
    waitSeconds: next % places === 0 ? Math.max(60, Math.round(even * spread)) : 1,
    tried: [...tried, ...what].slice(-places),
    mostLost: mostLost(plan),
    onDemand,
  };
}
