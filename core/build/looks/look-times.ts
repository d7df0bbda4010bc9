import { longestBeat, shortestBeat } from './rhythm.ts';

/**
 * Seconds between the looks of a wait, so that one of them comes so shortly before the usual end that its call can stay until then.
 * @param looks Looks before the usual end, at least.
 * @param ahead Seconds before the usual end at which that call comes, at least. Absent: a twentieth of the time.
 */
export function heartbeatOf(usual: number, looks = 1, ahead = 0): number {
  if (ahead > 0 && usual <= oneCall) return 2 * shortestBeat;
  const beats = Math.max(looks, Math.ceil(usual / longestBeat));
  const last = Math.min(Math.max(0.95 * usual, usual - 15), usual - ahead);
  return Math.min(longestBeat, Math.max(shortestBeat, Math.floor(last / beats) - 1));
}

/** A wait of SSM's whose usual end comes this soon needs one call only: the call stays until then. */
const oneCall = 25;

/** SSM is asked again and again this many seconds before the usual end. The time of a command varies, and its event comes late. */
export const aheadOf = (usual: number): number => Math.min(8, 0.3 * usual);

/** A call that comes this shortly before the usual end waits for that before its first look, in seconds. An event tells an earlier end. */
const shortly = (usual: number): number => Math.min(10, Math.max(5, 0.07 * usual));

/** Whether the first look of a call would find nothing: the thing was begun just now, or its usual end is seconds away. */
export function isTooEarly(
  { usual, notBefore, ahead }: { usual: number; notBefore?: number | undefined; ahead?: number | undefined },
  waited: number,
): boolean {
  if (notBefore === undefined) return false;
  const remaining = usual - waited;
  return waited < notBefore || (ahead === undefined && remaining >= 1 && remaining <= shortly(usual));
}

/** Seconds until a call repeats a look that AWS throttled. Undefined if the call ends. */
export const pauseWhenBusy = (stayed: number, woken: boolean): number | undefined =>
  woken && stayed < 20 ? 4 : undefined;

/** What a wait's bounds say about its looks. `notBefore` is present if it is known how long the thing usually takes. */
interface LookBounds {
  usual: number;
  heartbeat: number;
  stays?: false | undefined;
  notBefore?: number | undefined;
  ahead?: number | undefined;
}

/**
 * The least seconds between two looks: at all, by the time that was waited, and by the time since the usual end. SSM has no known
 * limit for its looks. EC2 has one, so it is asked less often, and least of all if the usual end is only typical of AWS.
 */
const pausesOf = (asksSsm: boolean, known: boolean, waited: number, overdue: number): number[] => {
  if (asksSsm) return [0.5, 0.0075 * waited, 0.15 * overdue];
  return known ? [1, 0.01 * waited, 0.25 * overdue] : [1, 0.015 * waited, 0.4 * overdue];
};

/**
 * A call that comes when the end is near looks again and again, so that no event and no heartbeat is needed for it.
 * @param waited Seconds since the thing was started.
 * @param stayed Seconds that this call has taken so far.
 * @param woken Whether an event made the call. AWS may show an older state right after its event.
 * @returns the seconds until its next look. Undefined if the call ends, and an event or the next heartbeat has the next look.
 */
export function pauseBeforeLook(
  { usual, heartbeat, stays, notBefore, ahead = 0 }: LookBounds,
  waited: number,
  stayed: number,
  woken = false,
): number | undefined {
  const remaining = usual - waited;
  const asksSsm = ahead > 0;
  const soon = asksSsm && usual <= oneCall ? oneCall : Math.max(10, 0.06 * usual);
  const near = stays !== false && remaining <= soon && waited <= 1.5 * usual + 15;
  const pause = Math.max(remaining - ahead, ...pausesOf(asksSsm, notBefore !== undefined, waited, -remaining));
  if (near && stayed + pause <= Math.min(40, heartbeat - 5)) return pause;
  return woken && stayed < 6 ? 2 : undefined;
}
