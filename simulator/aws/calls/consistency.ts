import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import type { Rates } from './rates.ts';
import type { Region } from '../state/region.ts';

/** The tables that EC2 and SSM may read late. The owners of tokens and names are always up to date, and so is S3. */
const tables = [
  'instances',
  'images',
  'snapshots',
  'importTasks',
  'volumes',
  'parameters',
  'launchTemplates',
  'agents',
  'commands',
] as const;
type Tables = { [Table in (typeof tables)[number]]: Map<string, object> };
type Version = { at: number; tables: Tables };

const lateSeconds = 5;
const staleSeconds = 150;

/** Eventual consistency. Each read sees the current region or, as often as the rates say, an earlier state of it. */
export interface Views {
  /** Must be called after every change. */
  note(): void;
  /** Makes the present state of a region count as old, so that late reads see it, too. */
  settle(region: string): void;
  /** Draws the delay of the next call. Returns the earlier region that the call sees, or undefined if it sees the current one. */
  draw(region: string): Region | undefined;
  /** Runs a read that sees `past`. */
  look<T>(past: Region, read: () => T): T;
  /** The region as the current read sees it. */
  past(region: string): Region | undefined;
}

export function createViews(options: {
  clock: Clock;
  regions: ReadonlyMap<string, Region>;
  rates: Rates;
  chance: (region: string) => Random;
}): Views {
  const { clock, regions, chance } = options;
  const { lateReads, staleReads } = options.rates;
  if (lateReads + staleReads === 0) {
    const nothing = () => undefined;
    return { note: nothing, settle: nothing, draw: nothing, past: nothing, look: (_past, read) => read() };
  }

  const histories = new Map<string, Version[]>();
  /** Objects that a region has from the beginning. They belong to AWS and never change. */
  const lasting = new WeakSet<object>();
  let seen: Region | undefined;

  function note(): void {
    const now = clock.now();
    for (const [name, region] of regions) {
      const history = histories.get(name) ?? [];
      const last = history.at(-1);
      const next = { at: now, tables: copyTables(region, lasting, last?.tables) };
      if (last && tables.every((table) => next.tables[table] === last.tables[table])) continue;
      if (last?.at === now) history.pop();
      history.push(next);
      // Of the versions that are older than any read can be late, only the newest is kept.
      while (history.length > 1 && history[1]!.at <= now - staleSeconds * 1000) history.shift();
      histories.set(name, history);
    }
  }

  return {
    note,
    settle(name) {
      const region = regions.get(name);
      if (!region) return;
      if (!histories.has(name))
        for (const table of tables) for (const each of region[table].values()) lasting.add(each);
      histories.set(name, [{ at: -Infinity, tables: copyTables(region, lasting) }]);
    },
    draw(name) {
      const region = regions.get(name);
      const random = chance(name);
      const luck = random.next();
      if (!region || luck >= staleReads + lateReads) return undefined;
      const seconds = luck < staleReads ? random.between(lateSeconds, staleSeconds) : lateSeconds;
      const history = histories.get(name) ?? [];
      const then = history.findLast(({ at }) => at <= clock.now() - seconds * 1000) ?? history[0];
      return then && ({ ...region, ...then.tables } as Region);
    },
    look(past, read) {
      seen = past;
      try {
        return read();
      } finally {
        seen = undefined;
      }
    },
    past: (name) => (seen?.name === name ? seen : undefined),
  };
}

/** A copy of the current tables; it shares everything unchanged with `before`. */
function copyTables(region: Region, lasting: WeakSet<object>, before?: Tables): Tables {
  const copyTable = (table: (typeof tables)[number]) => {
    const known = before?.[table];
    const copy = new Map<string, object>();
    let changed = known?.size !== region[table].size;
    for (const [key, resource] of region[table] as Map<string, object>) {
      const same = known?.get(key);
      const shared = same !== undefined && (same === resource || isDeepStrictEqual(same, resource));
      changed ||= !shared;
      copy.set(key, shared ? same : lasting.has(resource) ? resource : copyOf(resource));
    }
    return changed ? copy : known!;
  };
  return Object.fromEntries(tables.map((table) => [table, copyTable(table)])) as unknown as Tables;
}

/** A deep copy that preserves references between objects. Functions are not copied. */
function copyOf<T>(value: T, copies = new Map<unknown, unknown>()): T {
  if (typeof value !== 'object' || value === null) return value;
  if (copies.has(value)) return copies.get(value) as T;
  const made = (copy: unknown): T => {
    copies.set(value, copy);
    return copy as T;
  };
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    made(copy);
    for (const [key, member] of value) copy.set(key, copyOf(member, copies));
    return copy as T;
  }
  if (value instanceof Set) return made(new Set(value));
  if (value instanceof Date) return made(new Date(value));
  const copy = (Array.isArray(value) ? [] : {}) as Record<string, unknown>;
  made(copy);
  for (const [key, member] of Object.entries(value)) copy[key] = copyOf(member, copies);
  return copy as T;
}
