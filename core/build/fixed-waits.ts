import type { WaitBounds } from './awaited.ts';
import { patience } from './limits.ts';
import { quickRhythms } from './looks/rhythm.ts';

const fixed = (state: keyof typeof quickRhythms, limit: number, usual: number): WaitBounds => ({
  limit,
  usual,
  heartbeat: quickRhythms[state].heartbeat,
  quickFor: Infinity,
});

/** Variants of a recipe may take hours longer than each other, so these looks become rare. */
const quickForVariants = 6 * 3600;

/**
 * Waits that no event wakes, so their heartbeats are in the state machine. Compensate decides by itself when it ends, and its
 * heartbeat alone sets the time of its looks.
 */
export const fixedWaits = {
  Verify: fixed('Verify', patience.verify, 3),
  AwaitOthers: { ...fixed('AwaitOthers', patience.others, 1), quickFor: quickForVariants },
  AwaitVariants: { ...fixed('AwaitVariants', patience.variants, 1), quickFor: quickForVariants },
  Publish: fixed('Publish', patience.publish, 1),
  PublishTogether: fixed('Publish', patience.publishTogether, 10),
  CleanUp: fixed('CleanUp', patience.cleanUp, 25),
  AwaitUsage: fixed('AwaitUsage', patience.usage, 90),
  VerifyMove: fixed('VerifyMove', patience.verify, 3),
  MoveChannel: fixed('MoveChannel', patience.publish, 1),
  VerifyShare: fixed('VerifyShare', patience.verify, 3),
  VerifyRetirement: fixed('VerifyRetirement', patience.verify, 3),
  AwaitStoredImage: fixed('AwaitStoredImage', patience.archive, 300),
  AwaitRestoredImage: fixed('AwaitRestoredImage', patience.archive, 300),
  UndoMove: fixed('UndoMove', patience.undoMove, 1),
  Compensate: fixed('Compensate', Infinity, Infinity),
};
