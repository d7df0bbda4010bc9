import { isMap } from '../is-map.ts';

/** A recipe document with changes: maps merge by key, lists and scalars replace, null removes a key. Changes neither. */
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
