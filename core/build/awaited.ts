import type { Command } from '../guest/command.ts';
import type { Target } from '../recipe/types.ts';
import { secondsOf } from '../duration.ts';
import { patience, type Bounded } from './limits.ts';
import { aheadOf, heartbeatOf } from './looks/look-times.ts';
import { paceOf, quickForRace, slowest, type Pace } from './looks/pace.ts';
import { placeName } from '../distribute/place.ts';
import { typical, type UsualSeconds } from './usual-seconds.ts';

/** How long a wait lasts, and how often it looks. All in seconds. */
export interface WaitBounds {
  /** After this the wait gives up. */
  limit: number;
  /** The awaited thing usually takes this long. */
  usual: number;
  /** Between two looks, unless an event wakes the wait. */
  heartbeat: number;
  /** After this, looks become rare, so that the history of the execution has room for them. */
  quickFor: number;
  /** The first look does not come before this. Present if it is known how long the thing usually takes and when it was begun. */
  notBefore?: number | undefined;
  /** Looks come again and again from so many seconds before the usual end. Absent: one look at the usual end. */
  ahead?: number | undefined;
  /** Absent where a call stays near the usual end and looks again and again. */
  stays?: false | undefined;
  /** Several builds wait in this region, and no event of it comes: they share their looks. */
  shared?: true | undefined;
}

/** What a state that starts something in AWS hands to the state that waits for it. */
export interface Awaited {
  /** ISO 8601. Step Functions may report another entry time after a retry, so the state records its own. */
  since: string;
  wait: WaitBounds;
}

/** The parts of a plan that decide how its waits look. */
interface Timed {
  region?: string;
  document: Bounded;
  usual?: Partial<UsualSeconds>;
  told?: string[];
}

const boundsOf = ({ document }: Timed, kind: keyof Pace, limit: number, usual: number): WaitBounds => ({
  limit,
  usual,
  heartbeat: heartbeatOf(usual),
  quickFor: (paceOf(document) ?? slowest)[kind],
});

/** Of a thing that SSM tells about, if it is known how long it usually takes: looks at SSM are cheap, and EC2 has none of them. */
const askedAhead = (usual: number | undefined): Partial<WaitBounds> => {
  if (usual === undefined) return {};
  const ahead = aheadOf(usual);
  return { ahead, heartbeat: heartbeatOf(usual, 1, ahead) };
};

/** The thing was begun a moment ago, so a first look would find nothing. What was begun earlier may be done. */
const begunNow = (usual: number | undefined): Pick<WaitBounds, 'notBefore'> =>
  usual === undefined ? {} : { notBefore: Math.min(Math.floor(usual / 4), 15) };

const since = (now: Date, wait: WaitBounds): Awaited => ({ since: now.toISOString(), wait });

/** For the builder or the candidate: until SSM reaches it. */
export const awaitedAgent = (
  plan: Timed,
  role: 'builder' | 'candidate',
  now: Date,
  begun: 'now' | 'before',
): Awaited => {
  const usual = usualOf(plan)[role];
  const bounds = boundsOf(plan, 'images', patience.agent, usual ?? typical.agent);
  return since(now, { ...bounds, ...askedAhead(usual), ...(begun === 'now' && begunNow(usual)) });
};

export const awaitedStop = (plan: Timed): WaitBounds => {
  const usual = usualOf(plan).stop;
  // The first look stops the builder, so it always comes at once.
  return {
    ...boundsOf(plan, 'images', patience.stop, usual ?? typical.stop),
    ...(usual !== undefined && { notBefore: 0 }),
  };
};

export const awaitedCommand = (
  plan: Timed,
  phase: 'provision' | 'check',
  { name, timeoutSeconds }: Command,
  now: Date,
  begun: 'now' | 'before',
): Awaited => {
  const known = phase === 'provision' ? usualOf(plan).provision : usualOf(plan).checks;
  const usual = known?.[name];
  const bounds = boundsOf(plan, 'commands', patience.command(timeoutSeconds), usual ?? typical.command);
  return since(now, { ...bounds, ...askedAhead(usual), ...(begun === 'now' && begunNow(usual)) });
};

export const awaitedImage = (plan: Timed, now: Date, begun: 'now' | 'before'): Awaited => {
  const usual = usualOf(plan).image;
  const bounds = boundsOf(plan, 'images', patience.image(plan.document), usual ?? typical.image);
  return since(now, { ...bounds, ...(begun === 'now' && begunNow(usual)) });
};

/** For an image that is registered from complete snapshots. */
export const awaitedRegistration = (plan: Timed, now: Date): Awaited =>
  since(now, boundsOf(plan, 'images', patience.registration, typical.registration));

export const awaitedCopy = (plan: Timed, target: Target, now: Date, begun: 'now' | 'before'): Awaited => {
  const known = usualOf(plan).copies?.[placeName(target)];
  const bounds = boundsOf(plan, 'images', patience.copy(target), known ?? typical.copy);
  const looks = isTold(plan, target) ? toldLooks(known) : untoldLooks(bounds, known);
  return since(now, { ...bounds, ...looks, ...(begun === 'now' && begunNow(known)) });
};

/**
 * Whether an event tells that a copy is complete. The events of the pipeline's own region always come to it. Its first AMI is there
 * before anybody waits for it here.
 */
export const isTold = (plan: Timed, { region, id }: Pick<Target, 'region' | 'id'>): boolean =>
  (region === plan.region && id !== undefined) || (plan.told?.includes(region) ?? false);
/**
 * For a slow copy and the second one beside it, from the start of the second one, which takes at most `completeWithin`. The limit is
 * that of the slow copy.
 */
export function awaitedRace(slow: Awaited, { completeWithin = '15m' }: Target, now: Date): Awaited {
  const within = secondsOf(completeWithin);
  const elapsed = (now.getTime() - Date.parse(slow.since)) / 1000;
  const limit = Math.max(60, Math.ceil(slow.wait.limit - elapsed));
  return since(now, { limit, usual: within, heartbeat: heartbeatOf(within), quickFor: quickForRace(within) });
}

/** The region has a stack that sends its events here. If nothing is known of the copy, only they are quick. */
const toldLooks = (known: number | undefined): Partial<WaitBounds> =>
  known === undefined ? { stays: false, heartbeat: heartbeatOf(2 * typical.copy) } : {};

/** No event comes, so a copy is looked at more often. If nothing is known of it, it may take hours, so the looks become rare early. */
const untoldLooks = ({ usual, quickFor }: WaitBounds, known: number | undefined): Partial<WaitBounds> =>
  known === undefined
    ? { heartbeat: heartbeatOf(usual, 3), quickFor: Math.min(quickFor, 300) }
    : { heartbeat: heartbeatOf(usual, 2) };

const usualOf = ({ usual = {} }: Timed): Partial<UsualSeconds> => usual;

/** Whether EC2 has made, or is making, the image of a build that is started again. */
export function imageMade(images: { ami: string; state: string }[], plan: Timed, now: Date) {
  const made = images.find(({ state }) => state === 'pending' || state === 'available');
  return made ? { made: true, ami: made.ami, ...awaitedImage(plan, now, 'before') } : { made: false };
}
