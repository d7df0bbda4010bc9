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
export const createClock = ({ start, speed = 'max' }: { start: number; speed?: 'max' | number }): Clock =>
  new VirtualClock(start, speed);

class VirtualClock implements Clock {
  readonly #speed: 'max' | number;
  readonly #timeline = createTimeline();
  readonly #active = new Set<Activity>();
  #now: number;
  /** Counts the timers that were set, and the activities that began or ended. */
  #stirs = 0;
  #running = false;
  #failure: { error: unknown } | undefined;
  /** Ends the present wait for news. */
  #wake: (() => void) | undefined;

  constructor(start: number, speed: 'max' | number) {
    this.#now = start;
    this.#speed = speed;
  }

  now(): number {
    return this.#now;
  }

  at(when: number, work: () => unknown): Timer {
    if (!Number.isFinite(when)) throw new RangeError(`A timer needs a time, not ${when}.`);
    this.#stir();
    return this.#timeline.add(Math.max(when, this.#now), work);
  }

  sleep(ms: number): Promise<void> {
    // An outer activity that awaits an inner one is blocked whenever the inner one is, so all ancestors count as asleep.
    const asleep: Activity[] = [];
    for (let each = this.#current(); each; each = each.parent) if (!each.ended) asleep.push(each);
    for (const each of asleep) each.sleeps++;
    return new Promise((resolve) => {
      this.at(this.#now + ms, () => {
        for (const each of asleep) each.sleeps--;
        resolve();
      });
    });
  }

  async activity<T>(work: () => Promise<T>): Promise<T> {
    const parent = this.#current();
    const self: Activity = {
      active: this.#active,
      sleeps: 0,
      ended: false,
      parent: parent?.ended ? undefined : parent,
    };
    this.#active.add(self);
    this.#stir();
    try {
      return await current.run(self, work);
    } finally {
      self.ended = true;
      this.#active.delete(self);
      this.#stir();
    }
  }

  async run(done: () => boolean): Promise<void> {
    if (this.#running) throw new Error('This clock is running already.');
    this.#running = true;
    const began = { real: performance.now(), virtual: this.#now };
    try {
      for (;;) {
        await this.#settle();
        if (done()) return;
        const next = this.#timeline.next();
        if (!next)
          throw new Error(
            'The simulation stands still: no timer is set and no activity is under way, yet what was waited for has not come.',
          );
        if (await this.#keptPace(next.at, began)) this.#step();
      }
    } finally {
      this.#running = false;
    }
  }

  /** Jumps to the next timer and does its work. */
  #step(): void {
    const next = this.#timeline.next();
    if (!next) return;
    this.#now = next.at;
    this.#timeline.take();
    // Leaving the context prevents that a timer set by one handler counts its later sleeps as that handler's.
    const result = current.run(undefined, next.work);
    if (result instanceof Promise) result.catch((error: unknown) => this.#fail(error));
  }

  /** Waits until a virtual time has come at the clock's speed. False: something happened meanwhile, so the next timer may differ. */
  async #keptPace(at: number, began: { real: number; virtual: number }): Promise<boolean> {
    if (this.#speed === 'max') return true;
    const ahead = (at - began.virtual) / this.#speed - (performance.now() - began.real);
    if (ahead <= 0) return true;
    const before = this.#stirs;
    await realTime(ahead);
    return this.#stirs === before;
  }

  /** Waits until no real work is left: every activity sleeps, and a turn of the event loop has brought nothing new. */
  async #settle(): Promise<void> {
    for (let quiet = 0; quiet < (this.#active.size > 0 ? 2 : 1);) {
      const before = this.#stirs;
      await turn();
      while (this.#isWorking() && !this.#failure) await this.#news();
      quiet = this.#stirs === before ? quiet + 1 : 0;
      if (this.#failure) throw this.#failure.error;
    }
  }

  async #news(): Promise<void> {
    const patience = setTimeout(
      () =>
        this.#fail(
          new Error('The simulation stands still: an activity neither ends nor sleeps on the clock, nor has for long.'),
        ),
      PATIENCE,
    );
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
    clearTimeout(patience);
  }

  /** The activity of this clock in which the caller runs. */
  #current(): Activity | undefined {
    const activity = current.getStore();
    return activity?.active === this.#active ? activity : undefined;
  }

  #isWorking(): boolean {
    for (const activity of this.#active) if (activity.sleeps === 0) return true;
    return false;
  }

  #stir(): void {
    this.#stirs++;
    this.#wake?.();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stir();
  }
}

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
