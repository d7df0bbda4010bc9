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
