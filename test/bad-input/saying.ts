import { expect } from '@jest/globals';
import { formatProblems, parseRecipe, type Path, type Problem } from '../../core/recipe/recipe.ts';
import { scripts } from './full-recipe.ts';

// eslint-disable-next-line no-control-regex
const unprintable = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\p{Cs}]/u;

/** A sentence or some for a reader: short lines that a terminal takes, no stack, nobody's variables. */
export function expectReadable(text: string): void {
  for (const line of text.split('\n')) {
    expect(line.length).toBeLessThan(1_200);
    expect(line).not.toMatch(unprintable);
    expect(line).not.toMatch(/undefined|\[object |\bat .*:\d+:\d+\)?$|RangeError|TypeError|Cannot read/);
  }
}

const near = (one: Path, other: Path) => one.slice(0, other.length).join('/') === other.slice(0, one.length).join('/');

/** The problems of a document given inline, all of them readable and one of them at the place. */
export function expectRefused(document: unknown, at: Path): Problem[] {
  const { problems } = parseRecipe(document, scripts, { home: 'us-east-1' });
  expect(problems ?? []).not.toEqual([]);
  expectLocated(problems ?? [], at);
  return problems ?? [];
}

export function expectLocated(problems: Problem[], at: Path): void {
  expectReadable(formatProblems(problems, () => undefined));
  expect(problems.some(({ path }) => near(path, at))).toBe(true);
}
