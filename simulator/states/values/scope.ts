import type { Clock } from '../../clock.ts';

/** Thrown into work that waits in a stopped scope. Only the code that stopped the scope may catch it. */
export class Stopped extends Error {
  constructor() {
    super('This part of the execution was stopped.');
    this.name = 'Stopped';
  }
}

/** Work that can be stopped as a whole: an execution, a branch, one attempt at a task. Its inner scopes stop with it. */
export class Scope {
  #stopped = false;
  readonly #endings = new Set<() => void>();

  get stopped(): boolean {
    return this.#stopped;
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const end of this.#endings) end();
    this.#endings.clear();
  }

  inner(): Scope {
    const inner = new Scope();
    if (this.#stopped) inner.stop();
    else {
      const end = () => inner.stop();
      this.#endings.add(end);
      inner.#endings.add(() => this.#endings.delete(end));
    }
    return inner;
  }

  /** Waits until `begin` settles its promise; `begin` returns how to cancel. Rejects with `Stopped` if the scope stops first. */
  wait<T>(begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => (() => void) | void): Promise<T> {
    if (this.#stopped) return Promise.reject(new Stopped());
    return new Promise((resolve, reject) => {
      let settled = false;
      let callOff: (() => void) | void = undefined;
      const once =
        <A>(how: (value: A) => void) =>
        (value: A) => {
          if (settled) return;
          settled = true;
          this.#endings.delete(end);
          callOff?.();
          how(value);
        };
      const end = () => once(reject)(new Stopped());
      this.#endings.add(end);
      callOff = begin(once(resolve), once(reject));
      if (settled) callOff?.();
    });
  }

  /** Waits on the clock until the time `at`. */
  until(clock: Clock, at: number): Promise<void> {
    return this.wait<void>((resolve) => {
      const timer = clock.at(at, () => resolve());
      return () => timer.cancel();
    });
  }
}
