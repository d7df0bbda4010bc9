import { own } from './draft.ts';
import { Unresolved, type Lookup, type Value } from './hcl.ts';

/** The values of variables and locals, by a look-up for what they refer to. */
export type Values = Map<string, (lookup?: Lookup) => Value>;

/** Looks up those references that are asked for. A value that refers to itself is not known. */
export function lookupIn(values: Values, isKnown: (reference: string) => boolean): Lookup {
  const open = new Set<string>(); // of values that are looked up for the sake of another one
  const lookup: Lookup = (reference) => {
    if (open.has(reference) || !isKnown(reference)) return undefined;
    open.add(reference);
    const value = valueAt(reference, values, lookup);
    open.delete(reference);
    return value;
  };
  return lookup;
}

/** The value of a reference such as var.release, local.tags.team or var.sizes["small"]. */
function valueAt(reference: string, values: Values, lookup: Lookup): Value | undefined {
  if (/^path\.(root|cwd)$/.test(reference)) return '.';
  const [, name = '', path = ''] = /^((?:var|local)\.[\w-]+)((?:\.[\w-]+|\["[^"]+"\]|\[\d+\])*)$/.exec(reference) ?? [];
  let value = values.get(name)?.(lookup);
  for (const [, key, quoted, index] of path.matchAll(/\.([\w-]+)|\["([^"]+)"\]|\[(\d+)\]/g)) {
    if (typeof value !== 'object' || value === null || value instanceof Unresolved) return undefined;
    value = Array.isArray(value) ? value[Number(index)] : own(value, key ?? quoted ?? '');
  }
  return value;
}
