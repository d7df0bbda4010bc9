import { setTimeout as realTime } from 'node:timers/promises';
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
  /**
   * Runs real asynchronous work (a handler). Time stands still while the work does anything but sleep on its own clock, which
   * is the argument. Its sleeps on another clock are not counted, so that time would stand still for ever.
   */
  activity<T>(work: (own: Clock) => Promise<T>): Promise<T>;
  /** Advances time, timer by timer, until `done()` is true or no timer and no activity is left. */
  run(done: () => boolean): Promise<void>;
}

interface Activity {
  sleeps: number;
  ended: boolean;
  parent: Activity | undefined;
}

/** A turn of the event loop, in which all microtasks run. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

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
  /** Activities that have not ended, and those of them that do not sleep. */
  #active = 0;
  #awake = 0;
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
    return this.sleepAs(undefined, ms);
  }

  /** A sleep of an activity. */
  sleepAs(activity: Activity | undefined, ms: number): Promise<void> {
    // An outer activity that awaits an inner one is blocked whenever the inner one is, so all ancestors count as asleep.
    for (let each = activity; each; each = each.parent) if (each.sleeps++ === 0 && !each.ended) this.#awake--;
    return new Promise((resolve) => {
      this.at(this.#now + ms, () => {
        for (let each = activity; each; each = each.parent) if (--each.sleeps === 0 && !each.ended) this.#awake++;
        resolve();
      });
    });
  }

  activity<T>(work: (own: Clock) => Promise<T>): Promise<T> {
    return this.activityIn(undefined, work);
  }

  /** An activity inside of another one. */
  async activityIn<T>(parent: Activity | undefined, work: (own: Clock) => Promise<T>): Promise<T> {
    const self: Activity = { sleeps: 0, ended: false, parent: parent?.ended ? undefined : parent };
    this.#active++;
    this.#awake++;
    this.#stir();
    try {
      return await work(new OwnClock(this, self));
    } finally {
      self.ended = true;
      this.#active--;
      if (self.sleeps === 0) this.#awake--;
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
    const result = next.work();
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
    for (let quiet = 0; quiet < (this.#active > 0 ? 2 : 1);) {
      const before = this.#stirs;
      await turn();
      while (this.#awake > 0 && !this.#failure) await this.#news();
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

  #stir(): void {
    this.#stirs++;
    this.#wake?.();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stir();
  }
}

/**
 * The clock of one activity. It is handed on as an argument: an AsyncLocalStorage, which would find it by itself, makes Node 20
 * call hooks for every promise of the process.
 */
class OwnClock implements Clock {
  readonly #clock: VirtualClock;
  readonly #self: Activity;

  constructor(clock: VirtualClock, self: Activity) {
    this.#clock = clock;
    this.#self = self;
  }

  now(): number {
    return this.#clock.now();
  }

  at(when: number, work: () => unknown): Timer {
    return this.#clock.at(when, work);
  }

  sleep(ms: number): Promise<void> {
    return this.#clock.sleepAs(this.#self, ms);
  }

  activity<T>(work: (own: Clock) => Promise<T>): Promise<T> {
    return this.#clock.activityIn(this.#self, work);
  }

  run(done: () => boolean): Promise<void> {
    return this.#clock.run(done);
  }
}

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
