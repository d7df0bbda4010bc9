import type { Problem } from './problems.ts';
import type { Path } from './rules/rule.ts';

const deepest = 32;

/**
 * Finds what the schema cannot see. zod silently drops keys called __proto__. Very deep nesting would exhaust the stack of later
 * code. The search visits every value once, so a value that contains itself is safe.
 */
export function shapeProblems(document: unknown): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<unknown>();
  const ahead: [value: unknown, path: Path][] = [[document, []]];
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    const [value, path] = next;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (path.length >= deepest) {
      problems.push({ path: path.slice(0, 6), message: `is nested more than ${deepest} deep` });
      continue;
    }
    if (Object.hasOwn(value, '__proto__'))
      problems.push({ path: [...path, '__proto__'], message: 'is not a key here' });
    const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
    for (const [key, entry] of entries) ahead.push([entry, [...path, key]]);
  }
  return problems;
}
