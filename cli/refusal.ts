import { formatPath, formatProblems, type Path, type FilePlace, type Problem } from '../core/recipe/recipe.ts';

/** A problem with its position. A problem of the command line has the option as its path. */
export type Placed = Problem & { place: FilePlace };

export const placed = (problems: Problem[], locate: (path: Path) => FilePlace): Placed[] =>
  problems.map((problem) => ({ ...problem, place: problem.place ?? locate(problem.path) }));

/** A problem of the command line; `about` is the option and its value. */
export const usage = (about: string, message: string): Placed => ({ path: [about], message, place: {} });

/** One line for each problem, grouped by file. */
export function problemLines(problems: Placed[]): string {
  const byFile = new Map<string | undefined, Placed[]>();
  for (const problem of problems) {
    const those = byFile.get(problem.place.file);
    if (those) those.push(problem);
    else byFile.set(problem.place.file, [problem]);
  }
  return [...byFile.values()].map((those) => formatProblems(those, () => undefined)).join('\n');
}

/**
 * What `--json` prints for refused input, in place of a manifest. `line` and `column` count from 1. They and `file` may be
 * absent.
 */
export const refusal = (problems: Placed[]): string =>
  `${JSON.stringify({
    status: 'refused',
    problems: problems.map(({ path, message, place: { file, line, column } }) => ({
      file,
      line,
      column,
      path: formatPath(path),
      message,
    })),
  })}\n`;
