import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn, setTimeout as realTime } from 'node:timers/promises';
import { createTimeline } from './timeline.ts';

/** A timer that can be cancelled. */
export interface Timer {
  cancel(): void;
}

/** Virtual time. It stands still while real work is running and jumps to the next timer when all work is idle. */
export interface Clock {
  /** Virtual milliseconds since the epoch. */
  now(): number;
  /**
   * Runs `work` at virtual time `at` (ms since the epoch; a past time means as soon as possible). Timers of the same instant run
   * in the order they were set.
   */
  at(at: number, work: () => unknown): Timer;
  /** Resolves after `ms` of virtual time. */
  sleep(ms: number): Promise<void>;
  /** Runs real asynchronous work (a handler). Time stands still while the work does anything but sleep on this clock. */
  activity<T>(work: () => Promise<T>): Promise<T>;
  /** Advances time, timer by timer, until `done()` is true or no timer and no activity is left. */
  run(done: () => boolean): Promise<void>;
}

interface Activity {
  /** The activities of its clock. */
  active: Set<Activity>;
  sleeps: number;
  ended: boolean;
  parent: Activity | undefined;
}

/** One storage for all clocks, because Node carries every storage ever used through every promise of the process. */
const current = new AsyncLocalStorage<Activity | undefined>();

/** Real milliseconds after which an activity counts as hung if it neither ends nor sleeps. */
const PATIENCE = 60_000;

/**
 * A clock that starts at `start` (ms since the epoch). `speed: 'max'` never waits; a number is virtual seconds per real second.
 * An activity that waits for anything but `sleep` stops time, so simulated services must wait with `sleep`.
 */
export function createClock({ start, speed = 'max' }: { start: number; speed?: 'max' | number }): Clock {
  const timeline = createTimeline();
  const active = new Set<Activity>();
  const under = () => {
    const activity = current.getStore();
    return activity?.active === active ? activity : undefined;
  };
  let now = start;
  let stirs = 0;
  let running = false;
  let failure: { error: unknown } | undefined;
  let wake: (() => void) | undefined;

  const stir = () => {
    stirs++;
    wake?.();
  };
  const working = () => {
    for (const activity of active) if (activity.sleeps === 0) return true;
    return false;
  };
  const fail = (error: unknown) => {
    failure ??= { error };
    stir();
  };

  function at(when: number, work: () => unknown): Timer {
    if (!Number.isFinite(when)) throw new RangeError(`A timer needs a time, not ${when}.`);
    stir();
    return timeline.add(Math.max(when, now), work);
  }

  function sleep(ms: number): Promise<void> {
    // An outer activity that awaits an inner one is blocked whenever the inner one is, so all ancestors count as asleep.
    const asleep: Activity[] = [];
    for (let each = under(); each; each = each.parent) if (!each.ended) asleep.push(each);
    for (const each of asleep) each.sleeps++;
    return new Promise((resolve) => {
      at(now + ms, () => {
        for (const each of asleep) each.sleeps--;
        resolve();
      });
    });
  }

  async function activity<T>(work: () => Promise<T>): Promise<T> {
    const parent = under();
    const self: Activity = { active, sleeps: 0, ended: false, parent: parent?.ended ? undefined : parent };
    active.add(self);
    stir();
    try {
      return await current.run(self, work);
    } finally {
      self.ended = true;
      active.delete(self);
      stir();
    }
  }

  /** Waits until no real work is left: every activity sleeps, and a turn of the event loop has brought nothing new. */
  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < (active.size > 0 ? 2 : 1);) {
      const before = stirs;
      await turn();
      while (working() && !failure) await news();
      quiet = stirs === before ? quiet + 1 : 0;
      if (failure) throw failure.error;
    }
  }

  async function news(): Promise<void> {
    const patience = setTimeout(
      () =>
        fail(
          new Error('The simulation stands still: an activity neither ends nor sleeps on the clock, nor has for long.'),
        ),
      PATIENCE,
    );
    await new Promise<void>((resolve) => (wake = resolve));
    wake = undefined;
    clearTimeout(patience);
  }

  async function run(done: () => boolean): Promise<void> {
    if (running) throw new Error('This clock is running already.');
    running = true;
    const pace = { real: performance.now(), virtual: now };
    try {
      for (;;) {
        await settle();
        if (done()) return;
        let next = timeline.next();
        if (!next)
          throw new Error(
            'The simulation stands still: no timer is set and no activity is under way, yet what was waited for has not come.',
          );
        if (speed !== 'max') {
          const ahead = (next.at - pace.virtual) / speed - (performance.now() - pace.real);
          if (ahead > 0) {
            const before = stirs;
            await realTime(ahead);
            if (stirs !== before) continue;
            next = timeline.next() ?? next;
          }
        }
        now = next.at;
        timeline.take();
        // Leaving the context prevents that a timer set by one handler counts its later sleeps as that handler's.
        const result = current.run(undefined, next.work);
        if (result instanceof Promise) result.catch(fail);
      }
    } finally {
      running = false;
    }
  }

  return { now: () => now, at, sleep, activity, run };
}

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
