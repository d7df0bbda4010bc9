import { secondsOf } from '../duration.ts';
import { patience, sanitizeSeconds, type Bounded } from './limits.ts';

/**
 * How often a waiting state looks. A look ends after `heartbeat` seconds without an answer. The next look follows after an
 * interval, which grows from look to look. This is the `Retry` of the state; a test compares the two.
 */
export interface Rhythm {
  heartbeat: number;
  interval: number;
  growth: number;
  longest: number;
}

const short: Rhythm = { heartbeat: 2, interval: 1, growth: 1.04, longest: 30 };
const writing: Rhythm = { ...short, heartbeat: 5 };
const long: Rhythm = { ...short, longest: 300 };

/** The rhythm of each waiting state during its quick looks. */
export const quickRhythms = {
  AwaitBuilder: short,
  AwaitCommand: long,
  Seal: short,
  AwaitImage: long,
  AwaitCandidate: short,
  AwaitCheck: long,
  AwaitCopy: { ...short, growth: 1.08, longest: 900 },
  Verify: writing,
  Publish: writing,
  CleanUp: writing,
  Compensate: { ...writing, growth: 1.5, longest: 120 },
} satisfies Record<string, Rhythm>;

/** The rhythm of the slow looks, which end at once with NotYet. */
const seldom = { heartbeat: 0, interval: 30, growth: 1.35 };
export const slowRhythms = {
  AwaitCommand: { ...seldom, longest: 1800 },
  AwaitCheck: { ...seldom, longest: 1800 },
  AwaitImage: { ...seldom, longest: 3600 },
  AwaitCopy: { ...seldom, longest: 7200 },
} satisfies Record<string, Rhythm>;

/** Number of looks that begin within the given seconds. */
export function looksWithin(seconds: number, { heartbeat, interval, growth, longest }: Rhythm): number {
  let looks = 0;
  for (let [elapsed, gap] = [0, interval]; elapsed < seconds; gap *= growth, looks++)
    elapsed += heartbeat + Math.min(gap, longest);
  return looks;
}

type Slow = keyof typeof slowRhythms;

/** Looks of a wait that reaches its limit: quick looks first, then slow ones, and the look that ends it. */
const looksOf = (state: Slow, bound: number, quickFor: number): number =>
  looksWithin(Math.min(bound, quickFor), quickRhythms[state]) +
  looksWithin(Math.max(0, bound - quickFor), slowRhythms[state]) +
  1;

/** TaskScheduled, TaskStarted, TaskSubmitted, and the event that ends the look. */
const eventsOfLook = 4;
/** A Task state that is called once: entered, scheduled, started, ended, left. */
const eventsOfTask = 5;
const enteredAndLeft = 2;
const iteration = 2;

/**
 * Events that every build has, with its waits at their limits. A published build is not undone, so only one of the two counts.
 */
const eventsOfAll =
  eventsOfLook *
    (2 * looksWithin(patience.agent, short) +
      looksWithin(patience.stop, short) +
      looksWithin(patience.verify, writing) +
      looksWithin(patience.publish, writing) +
      Math.max(looksWithin(patience.cleanUp, writing), looksWithin(patience.compensate, quickRhythms.Compensate))) +
  30 * eventsOfTask;

/** Seconds during which the waits of a build look often. */
export interface Pace {
  /** For its steps and checks. */
  commands: number;
  /** For its image and the copies. */
  images: number;
}

const secondsIn = (list: { timeout: string }[]) => list.map(({ timeout }) => secondsOf(timeout));

/** The most events that the history of a build can have, unless AWS is so busy that calls are retried. */
export function mostEvents({ provision, checks, image, distribute }: Bounded, { commands, images }: Pace): number {
  const eventsOf = (state: 'AwaitCommand' | 'AwaitCheck', timeouts: number[]) =>
    timeouts
      .map((timeout) => looksOf(state, patience.command(timeout), commands) * eventsOfLook)
      .reduce((sum, looks) => sum + iteration + eventsOfTask + enteredAndLeft + looks, 0);
  const copies = distribute
    .map((target) => looksOf('AwaitCopy', patience.copy(target), images) * eventsOfLook)
    .reduce((sum, looks) => sum + iteration + 2 * eventsOfTask + enteredAndLeft + looks, 0);
  return (
    eventsOfAll +
    eventsOf('AwaitCommand', [...secondsIn(provision), sanitizeSeconds]) +
    eventsOf('AwaitCheck', secondsIn(checks)) +
    looksOf('AwaitImage', patience.image({ image }), images) * eventsOfLook +
    copies
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
  const images = paces.find((pace) => fits({ commands: all, images: pace })) ?? all;
  return { images, commands: paces.find((pace) => fits({ commands: pace, images })) ?? all };
}
