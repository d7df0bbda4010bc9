import type { Path } from './rule.ts';

export interface Place {
  file?: string;
  line?: number;
  column?: number;
}

/** Something wrong with a recipe, and where: `path` leads to it from the top of the document. */
export interface Problem {
  path: Path;
  message: string;
  /** Where no path leads to, as in a file that is not YAML. */
  place?: Place;
}

export const formatPath = (path: Path): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');

/** One line for each problem, in the order of the document: `recipes/x.yaml:12:5 distribute[1].accounts[0]: message`. */
export function formatProblems(problems: Problem[], where: (path: Path) => Place | undefined): string {
  return problems
    .map(({ path, message, place }) => ({ path, message, place: place ?? where(path) ?? {} }))
    .toSorted((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0))
    .map(({ path, message, place }) => {
      const at = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
      const subject = [at, formatPath(path)].filter(Boolean).join(' ');
      return subject ? `${subject}: ${message}` : message;
    })
    .join('\n');
}
