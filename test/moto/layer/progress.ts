import type { Faults } from './faults.ts';

/** What takes its time. moto has all of it at once. */
export type Kind = keyof NonNullable<Faults['takes']>;

/** Seconds where a scenario says nothing. An image is never there at once, so that every build waits for an event. */
const usual: Record<Kind, number> = { image: 1, copy: 0, command: 0, store: 2, import: 0 };

interface Thing {
  scenario: string;
  kind: Kind;
  /** Sends the thing's event. */
  ends: () => void;
}

/** Which images, copies and commands are under way. */
export interface Progress {
  begin(id: string, thing: Thing): void;
  isUnderWay(id: string): boolean;
  /** Ends what a scenario's new faults no longer delay. */
  replan(scenario: string): void;
}

/** @param faultsOf The faults of a scenario as they are now. */
export function createProgress(faultsOf: (scenario: string) => Faults): Progress {
  const things = new Map<string, Thing & { begun: number; timer?: NodeJS.Timeout }>();
  const left = ({ scenario, kind, begun }: Thing & { begun: number }) =>
    begun + (faultsOf(scenario).takes?.[kind] ?? usual[kind]) * 1000 - Date.now();
  const under = new Set<string>();

  function follow(id: string) {
    const thing = things.get(id);
    if (!thing || !under.has(id)) return;
    clearTimeout(thing.timer);
    const remaining = left(thing);
    if (remaining > 0) {
      thing.timer = setTimeout(() => follow(id), Math.min(remaining, 3_600_000));
      thing.timer.unref();
      return;
    }
    under.delete(id);
    thing.ends();
  }

  return {
    begin(id, thing) {
      things.set(id, { ...thing, begun: Date.now() });
      under.add(id);
      follow(id);
    },
    isUnderWay(id) {
      follow(id); // the timer may be late
      return under.has(id);
    },
    replan(scenario) {
      for (const [id, thing] of things) if (thing.scenario === scenario) follow(id);
    },
  };
}
