import { Failure } from '../errors.ts';
import type { Path } from './rules/rule.ts';

export interface FilePlace {
  file?: string;
  line?: number;
  column?: number;
  /** What a person typed there, where that is not the path. */
  typed?: string;
}

/** Something wrong in a recipe. `path` leads to it from the top of the document. */
export interface Problem {
  path: Path;
  message: string;
  /** For problems without a path, such as a file that is not YAML. */
  place?: FilePlace;
}

export const formatPath = (path: Path): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');

// Control characters, characters that change text direction, and lone surrogates. A terminal would obey them or show nothing.
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** Makes foreign text printable on one line. A long text loses its middle. */
function legible(text: string, most: number): string {
  const cut = text.length > most ? `${text.slice(0, most - 200)}…${text.slice(-199)}` : text;
  return cut.replace(unprintable, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Nobody would read more, and more would not fit into the cause that Step Functions keeps of a failure. */
const shown = 100;

/** One line for each problem, in the order of the document: `recipes/x.yaml:12:5 distribute[1].accounts[0]: message`. */
export function formatProblems(problems: Problem[], where: (path: Path) => FilePlace | undefined): string {
  const lines = problems
    .map(({ path, message, place }) => ({ path, message, place: place ?? where(path) ?? {} }))
    .toSorted((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0))
    .slice(0, shown)
    .map(({ path, message, place }) => {
      const at = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
      const subject = [at, legible(place.typed ?? formatPath(path), 300)].filter(Boolean).join(' ');
      const said = legible(message, 800);
      return subject ? `${subject}: ${said}` : said;
    });
  const more = problems.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more problems`] : [])].join('\n');
}

/** Each problem as a line of its own, with the path in front. */
export const told = (problems: Problem[]): string[] => problems.map((one) => formatProblems([one], () => undefined));

/** @throws RecipeInvalid, naming all problems. */
export function refuse(problems: Problem[]): never {
  throw new Failure(
    'RecipeInvalid',
    formatProblems(problems, () => undefined),
  );
}

/** @throws RecipeInvalid where there is a problem. */
export function refuseAny(problems: Problem[]): void {
  if (problems.length > 0) refuse(problems);
}
