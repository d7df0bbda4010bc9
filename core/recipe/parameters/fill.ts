import { isMap } from '../../is-map.ts';
import type { Path } from '../rules/rule.ts';
import { sampleFacts, type BuildFacts } from './build-facts.ts';
import { textWith, type Expressions } from './expressions.ts';
import { inputsOf, type Inputs } from './inputs.ts';
import { hasExpression } from './pieces.ts';

/** What a start gives for the expressions of a recipe. */
export interface Given {
  /** Values of parameters by name. Undefined if nothing starts. */
  parameters?: Record<string, unknown> | undefined;
  /** Undefined if they are not known yet. */
  facts?: BuildFacts | undefined;
}

/** A recipe document whose expressions have been replaced by their values. */
export interface Filled extends Inputs, Pick<Expressions, 'texts' | 'open' | 'needsFacts'> {
  document: unknown;
  /** Parameters that the document does not use. */
  unused: string[];
}

const deepest = 32;

/**
 * Replaces every `${{ name }}` in the values of a document. A value never changes the structure of the document: it becomes a part
 * of a text, or the value of one key. The document itself is not modified.
 */
export function fillIn(document: unknown, { parameters, facts = sampleFacts }: Given = {}): Filled {
  const map = isMap(document) ? document : {};
  const { values, problems, missing } = inputsOf(map, parameters);
  const found: Expressions = {
    values,
    defined: isMap(map['parameters']) ? Object.keys(map['parameters']) : [],
    facts: typeof map['name'] === 'string' ? { ...facts, recipe: map['name'] } : { ...facts },
    problems,
    texts: [],
    open: [],
    used: new Set(),
    needsFacts: false,
  };
  // Most recipes have no expressions. They stay the same object, which callers know by identity.
  const filled = isExpressed(document) ? valueWith(found, document, [], []) : document;
  const { texts, open, needsFacts, used } = found;
  const unused = found.defined.filter((one) => !used.has(one));
  return { document: filled, values, problems, missing, texts, open, needsFacts, unused };
}

/** @param around The lists and maps that contain the value. A value that contains itself is not followed. */
function valueWith(found: Expressions, value: unknown, path: Path, around: unknown[]): unknown {
  if (typeof value === 'string') return textWith(found, value, path);
  if (typeof value !== 'object' || value === null || path.length > deepest || around.includes(value)) return value;
  const inside = [...around, value];
  if (Array.isArray(value))
    return value.map((entry: unknown, index) => valueWith(found, entry, [...path, index], inside));
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    const at = [...path, key];
    if (hasExpression(key)) found.problems.push({ path: at, message: 'has ${{ in its key; only values are filled in' });
    // A key called __proto__ stays a key.
    Object.defineProperty(copy, key, {
      value: valueWith(found, entry, at, inside),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

/** Whether there is an expression anywhere. The search visits every value once, so a value that contains itself is safe. */
function isExpressed(document: unknown): boolean {
  const seen = new Set<unknown>();
  const ahead = [document];
  while (ahead.length > 0) {
    const next = ahead.pop();
    if (typeof next === 'string' && hasExpression(next)) return true;
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    for (const [key, value] of Object.entries(next)) ahead.push(value, ...(hasExpression(key) ? [key] : []));
  }
  return false;
}
