import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn, setTimeout as realTime } from 'node:timers/promises';
import { createTimeline } from './timeline.ts';

/** A timer that can be taken back. */
export interface Timer {
  cancel(): void;
}

/** Virtual time. It stands still while anything real is going on and jumps to the next timer when all is idle. */
export interface Clock {
  /** Virtual milliseconds since the epoch. */
  now(): number;
  /** Runs `work` when virtual time reaches `at` (ms since the epoch; the past means as soon as possible). Timers due at one instant run in the order they were set. */
  at(at: number, work: () => unknown): Timer;
  /** Resolves after `ms` of virtual time. */
  sleep(ms: number): Promise<void>;
  /** Runs real asynchronous work (a handler); time does not move while it is doing anything but sleeping on this clock. */
  activity<T>(work: () => Promise<T>): Promise<T>;
  /** Moves time forward, timer by timer, until `done()` is true or no timer and no activity is left. */
  run(done: () => boolean): Promise<void>;
}

interface Activity {
  /** The activities of its clock. */
  active: Set<Activity>;
  sleeps: number;
  ended: boolean;
  parent: Activity | undefined;
}

/** One for all clocks: Node carries each storage that was ever used through every promise of the process. */
const current = new AsyncLocalStorage<Activity | undefined>();

/** Real milliseconds after which an activity that neither ends nor sleeps is taken for hung. */
const PATIENCE = 60_000;

/**
 * Virtual time from `start` (ms since the epoch). `speed: 'max'` never waits; a number is virtual seconds per real second.
 * An activity that waits for anything but `sleep` holds time still, so simulated services must do their waiting with `sleep`.
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

  /** Waits until nothing real goes on any more: every activity sleeps, and the event loop has come round without news. */
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
        // Leaving the context keeps a timer set by one handler from charging its later sleeps to that handler.
        const result = current.run(undefined, next.work);
        if (result instanceof Promise) result.catch(fail);
      }
    } finally {
      running = false;
    }
  }

  return { now: () => now, at, sleep, activity, run };
}
