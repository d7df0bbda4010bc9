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
