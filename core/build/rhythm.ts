import { secondsOf } from '../duration.ts';
import { patience, sanitizeSeconds, type Bounded } from './limits.ts';

/**
 * When a waiting state looks: after `heartbeat` seconds without an answer its look is over, and the next one comes an interval
 * later that grows from look to look. It is the `Retry` of the state, which a test compares with it.
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

/** The rhythm of each waiting state, as long as its looks are quick. */
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

/** The same for looks that end with NotYet, which say so at once. */
const seldom = { heartbeat: 0, interval: 30, growth: 1.35 };
export const slowRhythms = {
  AwaitCommand: { ...seldom, longest: 1800 },
  AwaitCheck: { ...seldom, longest: 1800 },
  AwaitImage: { ...seldom, longest: 3600 },
  AwaitCopy: { ...seldom, longest: 7200 },
} satisfies Record<string, Rhythm>;

/** Looks that begin within so many seconds. */
export function looksWithin(seconds: number, { heartbeat, interval, growth, longest }: Rhythm): number {
  let looks = 0;
  for (let [elapsed, gap] = [0, interval]; elapsed < seconds; gap *= growth, looks++)
    elapsed += heartbeat + Math.min(gap, longest);
  return looks;
}

type Slow = keyof typeof slowRhythms;

/** Looks of a wait that goes to its bound: quick ones for so long, then slow ones, and the one that ends it. */
const looksOf = (state: Slow, bound: number, quickFor: number): number =>
  looksWithin(Math.min(bound, quickFor), quickRhythms[state]) +
  looksWithin(Math.max(0, bound - quickFor), slowRhythms[state]) +
  1;

/** TaskScheduled, TaskStarted, TaskSubmitted, and how it ended. */
const eventsOfLook = 4;
/** A Task state that is called once: entered, scheduled, started, ended, left. */
const eventsOfTask = 5;
const enteredAndLeft = 2;
const iteration = 2;

/** Events of everything that every build has, with its waits at their bounds. What is published is not undone any more. */
const eventsOfAll =
  eventsOfLook *
    (2 * looksWithin(patience.agent, short) +
      looksWithin(patience.stop, short) +
      looksWithin(patience.verify, writing) +
      looksWithin(patience.publish, writing) +
      Math.max(looksWithin(patience.cleanUp, writing), looksWithin(patience.compensate, quickRhythms.Compensate))) +
  30 * eventsOfTask;

/** Seconds for which the looks of each wait of a build are quick. */
export interface Pace {
  /** Of its steps and checks. */
  commands: number;
  /** Of its image and the copies of it. */
  images: number;
}

const secondsIn = (list: { timeout: string }[]) => list.map(({ timeout }) => secondsOf(timeout));

/** The most events that a build's history comes to, unless AWS is so busy that calls are tried again. */
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

/** Half of the 25,000 events at which AWS ends an execution; the other half is for calls that are tried again and for places without room. */
export const eventBudget = 12_500;

const paces = [6 * 3600, 3 * 3600, 3600, 1800, 900, 600, 450, 300, 200, 120, 60, 30, 10, 0];
export const slowest: Pace = { commands: 0, images: 0 };

/**
 * The quickest pace with which the history of a build cannot grow beyond the budget; undefined where none is slow enough. What
 * one pace for all leaves of the budget goes to the images first: the build waits for the slowest of their copies.
 */
export function paceOf(recipe: Bounded): Pace | undefined {
  const fits = (pace: Pace) => mostEvents(recipe, pace) <= eventBudget;
  const all = paces.find((pace) => fits({ commands: pace, images: pace }));
  if (all === undefined) return undefined;
  const images = paces.find((pace) => fits({ commands: all, images: pace })) ?? all;
  return { images, commands: paces.find((pace) => fits({ commands: pace, images })) ?? all };
}
