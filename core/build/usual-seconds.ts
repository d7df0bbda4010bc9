import { inPlace, placeName, type Place } from '../distribute/place.ts';
import type { Timing } from './timings.ts';

/**
 * How long the waits of a recipe's newest published build took, in seconds. The next build looks when the end is near, instead
 * of all the time. The steps and checks are by name, so that another order or number of them does not matter, the copies by place.
 */
export interface UsualSeconds {
  /** From the launch of the builder until SSM reaches it. */
  builder: number;
  stop: number;
  image: number;
  /** From the launch of the candidate until SSM reaches it. */
  candidate: number;
  provision: Record<string, number>;
  checks: Record<string, number>;
  copies: Record<string, number>;
}

/** How long AWS typically takes, until a recipe has a published build to learn from. */
export const typical = { agent: 30, stop: 30, command: 5, image: 90, registration: 5, copy: 60 };

/** Where a build's images were made, and when EC2 had completed them. */
interface Made {
  /** Of the plan's targets, in its order. */
  places: Place[];
  /** The pipeline's own region. */
  home: string;
  targets: (Place & { completedAt?: string | undefined })[];
  /** The names of the plan's commands, in its order. */
  provision: string[];
  checks: string[];
}

/**
 * Learns from the timings of a published build. A wait that the build did without, or went through twice, teaches nothing. A wait
 * ends with the look after the end of the awaited thing. Where EC2 tells when an image was completed, that is learned instead, so
 * that one late look does not make the looks of all later builds late.
 */
export function usualSeconds(timings: Timing[], { places, home, targets, ...names }: Made): Partial<UsualSeconds> {
  const visits = (state: string) => timings.filter((timing) => timing.state === state);
  const only = (state: string) => {
    const [first, ...others] = visits(state);
    return others.length === 0 ? first : undefined;
  };
  const byName = (state: string, list: string[]) => {
    const [all, once] = [visits(state), (of: string) => list.indexOf(of) === list.lastIndexOf(of)];
    const learnt = all.flatMap(({ index = -1, seconds }) => {
      const name = list[index];
      const alone = all.filter((other) => other.index === index).length === 1;
      return name !== undefined && alone && once(name) ? [[name, seconds] as const] : [];
    });
    return Object.fromEntries(learnt);
  };
  const completion = (of: Place | undefined) => of && inPlace(targets, of)?.completedAt;
  const copies = wholeVisits(visits('AwaitCopy')).flatMap((visit) => {
    const place = places[visit.index ?? -1];
    const taken = untilCompleted(visit, completion(place));
    return place === undefined || taken === undefined ? [] : [[placeName(place), taken] as const];
  });
  // An image that is registered takes the time of its snapshots.
  const waits = ['AwaitImport', 'AwaitSnapshots', 'AwaitImage'];
  const image = only(waits.find((state) => visits(state).length > 0) ?? 'AwaitImage');
  const learned = {
    builder: only('AwaitBuilder')?.seconds,
    stop: only('Seal')?.seconds,
    image: image && untilCompleted(image, completion({ region: home })),
    candidate: only('AwaitCandidate')?.seconds,
    provision: byName('AwaitCommand', names.provision),
    checks: byName('AwaitCheck', names.checks),
    copies: Object.fromEntries(copies),
  };
  return Object.fromEntries(Object.entries(learned).filter(([, known]) => known !== undefined));
}

/** A slow copy is awaited twice: alone, and with a second one beside it. The two visits of an index are one wait. */
function wholeVisits(visits: Timing[]): Timing[] {
  const whole = new Map<number | undefined, Timing>();
  for (const visit of visits) {
    const first = whole.get(visit.index) ?? visit;
    const ended = Date.parse(visit.startedAt) / 1000 + visit.seconds;
    whole.set(visit.index, { ...first, seconds: ended - Date.parse(first.startedAt) / 1000 });
  }
  return [...whole.values()];
}

/** An image that was completed before the wait for it began says nothing about how long it takes. */
function untilCompleted({ startedAt, seconds }: Timing, completedAt: string | undefined): number | undefined {
  if (completedAt === undefined) return seconds;
  const taken = (Date.parse(completedAt) - Date.parse(startedAt)) / 1000;
  return taken > 0 ? Math.min(seconds, taken) : undefined;
}
