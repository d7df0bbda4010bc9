import { expect } from '@jest/globals';
import { formatProblems, parseRecipe, type Path, type Problem } from '../../core/recipe/recipe.ts';
import { scripts } from './full-recipe.ts';

// eslint-disable-next-line no-control-regex
const unprintable = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\p{Cs}]/u;

const internal = /undefined|\[object |\bat .*:\d+:\d+\)?$|RangeError|TypeError|Cannot read/;

const unreadableIn = (text: string): string[] =>
  text.split('\n').filter((line) => line.length >= 1_200 || unprintable.test(line) || internal.test(line));

/** A sentence or some for a reader: short lines that a terminal takes, no stack, nobody's variables. */
export function expectReadable(text: string): void {
  expect(unreadableIn(text)).toEqual([]);
}

const near = (one: Path, other: Path) => one.slice(0, other.length).join('/') === other.slice(0, one.length).join('/');

/** The problems of a document given inline, all of them readable and one of them at the place. */
export function expectRefused(document: unknown, at: Path): Problem[] {
  const { problems = [] } = parseRecipe(document, scripts, { home: 'us-east-1' });
  expectLocated(problems, at);
  return problems;
}

export function expectLocated(problems: Problem[], at: Path): void {
  const unreadable = unreadableIn(formatProblems(problems, () => undefined));
  const located = problems.some(({ path }) => near(path, at));
  // One assertion, because thousands of documents come here.
  expect(unreadable.length > 0 ? unreadable : located || { notAt: at, problems }).toBe(true);
}
