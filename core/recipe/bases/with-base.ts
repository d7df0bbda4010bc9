import { isMap } from '../../is-map.ts';
import { applyOverrides } from '../overrides.ts';
import { namesFile } from '../parameters/places.ts';
import type { Path } from '../rules/rule.ts';

/** The longest chain of files that extend each other. */
export const mostBases = 8;

/** Whether a file is only a base, and no recipe that is deployed. */
export const isBaseFile = (name: string): boolean => name.startsWith('_');

/**
 * A recipe document with the keys of its base, by the rules of overrides. The base keeps its name for itself.
 * @param folder The folder of the base below that of the document, such as `bases/`, or nothing. The base names its files from there.
 */
export function withBase(document: Record<string, unknown>, base: unknown, folder: string): unknown {
  const { extends: _base, ...own } = document;
  if (!isMap(base)) return own;
  const { name: _name, ...inherited } = base;
  return applyOverrides(folder === '' ? inherited : below(inherited, folder, []), own);
}

/** A value with its files named from the folder of the recipe. A value that contains itself is not followed. */
function below(value: unknown, folder: string, path: Path, around: unknown[] = []): unknown {
  if (typeof value === 'string')
    return namesFile(path[0] === 'variants' ? path.slice(2) : path) ? folder + value : value;
  if (typeof value !== 'object' || value === null || around.includes(value)) return value;
  const inside = [...around, value];
  if (Array.isArray(value)) return value.map((entry: unknown, index) => below(entry, folder, [...path, index], inside));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, below(entry, folder, [...path, key], inside)]),
  );
}

/**
 * Which of several documents a path of their merged document comes from, the one that extends first. A path that none of them has
 * comes from the one that has most of it.
 */
export function originOfPath(documents: unknown[], path: Path): number {
  let best = { index: 0, depth: 0 };
  let most = path.length;
  for (const [index, document] of documents.entries()) {
    let value = document;
    let depth = 0;
    while (depth < most && hasKey(value, path[depth]))
      value = (value as Record<string, unknown>)[String(path[depth++])];
    if (depth > best.depth) best = { index, depth };
    // A value that is not a map hides the values of the other documents at this path.
    if (!isMap(value)) most = Math.min(most, depth);
  }
  return best.index;
}

const hasKey = (value: unknown, key: string | number | undefined): boolean =>
  typeof value === 'object' && value !== null && key !== undefined && Object.hasOwn(value, String(key));
