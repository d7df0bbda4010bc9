import type { Json } from '../definition.ts';
import { RuntimeFailure } from '../errors.ts';

/**
 * Workflow variables of one scope. Map and Parallel open inner scopes that read the outer ones; `refusals` prevents equal names.
 */
export class Variables {
  readonly #outer: Variables | undefined;
  readonly #own = new Map<string, Json>();
  constructor(outer?: Variables) {
    this.#outer = outer;
  }

  get(name: string): Json {
    const value = this.#own.get(name);
    if (value !== undefined) return value;
    if (this.#outer) return this.#outer.get(name);
    throw new RuntimeFailure(`The variable '$${name}' is not defined.`);
  }

  assign(values: Record<string, Json>): void {
    for (const [name, value] of Object.entries(values)) this.#own.set(name, value);
  }
}
