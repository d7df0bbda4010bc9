import { secondsOf } from '../duration.ts';
import { commandSecondsIn } from '../recipe/steps/attempts.ts';
import { patience, sanitizeSeconds, type Bounded } from './limits.ts';

// How often a waiting state looks if no event wakes it: a look ends after `heartbeat` seconds without an answer, and the next one
// follows after an interval. This is the `Retry` of the state; a test compares the two.
type Rhythm = Record<'heartbeat' | 'interval' | 'growth' | 'longest', number>;

/** A wait that an event can wake looks this often at most, and this seldom at least, in seconds. */
export const [shortestBeat, longestBeat] = [20, 300];

const steady = (heartbeat: number): Rhythm => ({ heartbeat, interval: 1, growth: 1, longest: 2 });
/** The rhythm of each waiting state. The heartbeat of a wait that events wake is in its input; here it is the shortest one. */
export const quickRhythms = {
  AwaitBuilder: steady(shortestBeat),
  AwaitCommand: steady(shortestBeat),
  Seal: steady(shortestBeat),
  AwaitSnapshots: steady(shortestBeat),
  AwaitImport: steady(shortestBeat),
  AwaitImage: steady(shortestBeat),
  AwaitCandidate: steady(shortestBeat),
  AwaitCheck: steady(shortestBeat),
  AwaitCopy: steady(shortestBeat),
  AwaitAccountCopy: steady(shortestBeat),
  Verify: steady(30),
  AwaitOthers: steady(60),
  AwaitVariants: steady(60),
  Publish: steady(20),
  CleanUp: steady(22),
  Compensate: steady(60),
  AwaitUsage: steady(20),
  VerifyMove: steady(30),
  MoveChannel: steady(20),
  UndoMove: steady(20),
  VerifyShare: steady(30),
  VerifyRetirement: steady(30),
  AwaitStoredImage: steady(60),
  AwaitRestoredImage: steady(60),
} satisfies Record<string, Rhythm>;

const seldom = { heartbeat: 0, interval: 30, growth: 1.35 };
/** The rhythm of the rare looks, which end at once with NotYet. Images and copies may take days. */
export const slowRhythms = { commands: { ...seldom, longest: 1800 }, images: { ...seldom, longest: 7200 } };

/** The states whose looks become rare. */
export const slowing = {
  AwaitCommand: slowRhythms.commands,
  AwaitCheck: slowRhythms.commands,
  AwaitSnapshots: slowRhythms.images,
  AwaitImport: slowRhythms.images,
  AwaitImage: slowRhythms.images,
  AwaitCopy: slowRhythms.images,
  AwaitAccountCopy: slowRhythms.images,
  AwaitOthers: slowRhythms.commands,
  AwaitVariants: slowRhythms.commands,
};

/** Number of looks that begin within the given seconds. Their gaps grow up to the longest one. */
export function looksWithin(seconds: number, { heartbeat, interval, growth, longest }: Rhythm): number {
  if (growth === 1) return Math.max(0, Math.ceil(seconds / (heartbeat + Math.min(interval, longest))));
  let looks = 0;
  let elapsed = 0;
  for (let gap = interval; elapsed < seconds && gap < longest; gap *= growth, looks++) elapsed += heartbeat + gap;
  return looks + Math.max(0, Math.ceil((seconds - elapsed) / (heartbeat + longest)));
}

/** Looks of a wait that reaches its limit: quick looks first, then slow ones, and the look that ends it. */
const looksOf = (state: keyof typeof slowing, bound: number, quickFor: number): number =>
  looksWithin(Math.min(bound, quickFor), quickRhythms[state]) +
  looksWithin(Math.max(0, bound - quickFor), slowing[state]) +
  1;

// A look: scheduled, started, submitted, and its end. A Task that is called once: entered, scheduled, started, ended, left.
const [eventsOfLook, eventsOfTask, enteredAndLeft, iteration] = [4, 5, 2, 2];

/** Events that every build has, with its waits at their limits. A build ends with CleanUp or with Compensate, so one of them counts. */
const eventsOfAll =
  eventsOfLook *
    (2 * looksWithin(patience.agent, quickRhythms.AwaitBuilder) +
      looksWithin(patience.stop, quickRhythms.Seal) +
      looksWithin(patience.verify, quickRhythms.Verify) +
      looksWithin(patience.publish, quickRhythms.Publish) +
      Math.max(
        looksWithin(patience.cleanUp, quickRhythms.CleanUp),
        looksWithin(patience.compensate, quickRhythms.Compensate),
      )) +
  35 * eventsOfTask;

/** Seconds during which the waits of a build look often. */
export interface Pace {
  /** For its steps and checks. */
  commands: number;
  /** For its image and the copies. */
  images: number;
}

/** A copy and a second one beside it are looked at often for so long, counted from the start of the second one. */
export const quickForRace = (within: number): number => Math.min(within, 3600) + 300;

/** A slow copy goes through CopyImage and AwaitCopy once more. There the looks begin with short gaps again. */
function eventsOfRace(target: Bounded['distribute'][number]): number {
  if (target.completeWithin === undefined) return 0;
  const quick = Math.ceil(quickForRace(secondsOf(target.completeWithin)) / shortestBeat);
  return 2 * eventsOfTask + (quick + looksOf('AwaitCopy', patience.copy(target), 0)) * eventsOfLook;
}

/** The most events that the history of a build can have, unless AWS is so busy that calls are retried. */
export function mostEvents({ provision, checks, image, distribute }: Bounded, { commands, images }: Pace): number {
  const eventsOf = (state: 'AwaitCommand' | 'AwaitCheck', timeouts: number[]) =>
    timeouts
      .map((timeout) => looksOf(state, patience.command(timeout), commands) * eventsOfLook)
      .reduce((sum, looks) => sum + iteration + eventsOfTask + enteredAndLeft + looks, 0);
  const copies = distribute
    .map((target) => looksOf('AwaitCopy', patience.copy(target), images) * eventsOfLook + eventsOfRace(target))
    // An iteration of Copy and one of Grant, with a choice between them.
    .reduce((sum, looks) => sum + 2 * iteration + 2 * eventsOfTask + 2 * enteredAndLeft + looks, 0);
  const withAccounts = distribute
    .flatMap((target) => (target.copyTo ?? []).map(() => target))
    .map((target) => looksOf('AwaitAccountCopy', patience.copy(target), images) * eventsOfLook)
    .reduce((sum, looks) => sum + iteration + 2 * eventsOfTask + enteredAndLeft + looks, copies);
  return (
    eventsOfAll +
    eventsOf('AwaitCommand', [...commandSecondsIn(provision), sanitizeSeconds]) +
    eventsOf('AwaitCheck', commandSecondsIn(checks)) +
    looksOf('AwaitImage', patience.image({ image }), images) * eventsOfLook +
    // An image that is registered is awaited after its snapshots, too.
    (image.register ? (looksOf('AwaitImage', patience.registration, images) + 4) * eventsOfLook : 0) +
    withAccounts
  );
}

/** Half of the 25,000 events at which AWS ends an execution. The other half is for retried calls and for places without room. */
export const eventBudget = 12_500;

const paces = [6 * 3600, 3 * 3600, 3600, 1800, 900, 600, 450, 300, 200, 120, 60, 30, 10, 0];
export const slowest: Pace = { commands: 0, images: 0 };

/**
 * The quickest pace that keeps the history of a build within the budget. Undefined where no pace is slow enough. One pace is
 * chosen for all waits; the rest of the budget goes to images first, since the build waits for the slowest copy.
 */
export function paceOf(recipe: Bounded): Pace | undefined {
  const fits = (pace: Pace) => mostEvents(recipe, pace) <= eventBudget;
  const all = paces.find((pace) => fits({ commands: pace, images: pace }));
  if (all === undefined) return undefined;
  const images = paces.find((pace) => pace === all || fits({ commands: all, images: pace })) ?? all;
  return { images, commands: paces.find((pace) => pace === all || fits({ commands: pace, images })) ?? all };
}
