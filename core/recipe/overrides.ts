import { isMap } from '../is-map.ts';

/** Applies changes to a recipe document: maps merge by key, lists and scalars replace, null removes a key. Neither input is modified. */
export function applyOverrides(document: unknown, overrides: unknown): unknown {
  if (overrides === undefined) return document;
  if (!isMap(overrides)) return overrides;
  const merged = new Map(Object.entries(isMap(document) ? document : {}));
  for (const [key, value] of Object.entries(overrides)) {
    if (value === null) merged.delete(key);
    else merged.set(key, applyOverrides(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}
