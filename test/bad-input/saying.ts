import { expect } from '@jest/globals';
import { formatProblems, parseRecipe, type Path, type Problem } from '../../core/recipe/recipe.ts';
import { scripts } from './full-recipe.ts';

// eslint-disable-next-line no-control-regex
const unprintable = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\p{Cs}]/u;

const internal = /undefined|\[object |\bat .*:\d+:\d+\)?$|RangeError|TypeError|Cannot read/;

/** A sentence or some for a reader: short lines that a terminal takes, no stack, nobody's variables. */
export function expectReadable(text: string): void {
  const lines = text.split('\n');
  const unreadable = lines.filter((line) => line.length >= 1_200 || unprintable.test(line) || internal.test(line));
  expect(unreadable).toEqual([]);
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
