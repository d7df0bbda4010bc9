import { ApiError } from '../../calls/actions.ts';
import type { Snapshot } from '../../state/snapshots.ts';

// Time-based copies: https://docs.aws.amazon.com/ebs/latest/userguide/time-based-copies.html
const [least, most, step] = [15, 48 * 60, 15];
/** MiB/s of one snapshot. */
const fastest = 500;

/** The completion duration of a CopyImage request in minutes. The codes of the refusals are not documented. */
export function completionMinutes(minutes: number | undefined, originals: Snapshot[]): number | undefined {
  if (minutes === undefined) return undefined;
  const wrong = (why: string) =>
    new ApiError('InvalidParameterValue', `The completion duration ${minutes} is invalid: ${why}`);
  if (minutes < least || minutes > most || minutes % step !== 0)
    throw wrong(`it must be from ${least} to ${most} minutes, in steps of ${step}`);
  const tooBig = originals.find(({ usedGiB }) => (usedGiB * 1024) / fastest > minutes * 60);
  if (tooBig)
    throw wrong(`${tooBig.id} cannot be copied so fast, since a snapshot is copied with at most ${fastest} MiB/s`);
  return minutes;
}

/**
 * When a time-based copy ends: AWS spreads it over its duration. Of two time-based copies of one snapshot, the second one's
 * duration starts when the first one is done.
 */
export function timeBasedEnd(now: number, minutes: number, originals: Snapshot[]): number {
  const begins = Math.max(now, ...originals.map(({ timeBasedUntil = 0 }) => timeBasedUntil));
  const end = begins + minutes * 60_000;
  for (const original of originals) original.timeBasedUntil = end;
  return end;
}
