import { agentNotes } from '../../core/preflight/agent.ts';
import { formatProblems, told, type Problem } from '../../core/recipe/recipe.ts';
import { examine, problemText, type Finding } from './recipe-folder.ts';
import { readVariables } from './start-values.ts';
import { placed, problemLines, refusal, type Placed } from '../refusal.ts';
import { Refusal } from '../refused.ts';
import type { Terminal } from '../screen/terminal.ts';

const isRight = ({ problems }: Finding) => problems.length === 0;

/** Prints for each file either `ok` or all its problems. `home` is the pipeline's region. */
export async function validateFiles(files: string[], home?: string): Promise<{ ok: boolean; text: string }> {
  const findings = await examine(files, home === undefined ? {} : { home });
  return { ok: findings.every(isRight), text: textOf(findings) };
}

/** Warnings: settings that are probably wrong but may be right, since the source was not looked at. */
const notesOf = ({ read }: Finding): Problem[] => [
  ...new Map(read.flatMap(({ recipe }) => agentNotes(recipe)).map((note) => [JSON.stringify(note), note])).values(),
  ...unusedIn(read).map((name) => ({ path: ['parameters', name], message: 'no expression uses it' })),
];

/** Parameters that no variant uses. */
const unusedIn = ([first, ...others]: Finding['read']): string[] =>
  (first?.unused ?? []).filter((name) => others.every(({ unused }) => unused.includes(name)));

const noteLines = (finding: Finding): string[] => {
  const notes = notesOf(finding).map(({ path, message }) => ({ path, message: `note: ${message}` }));
  return notes.length > 0 ? [formatProblems(notes, (path) => finding.file.locate(path))] : [];
};

const textOf = (findings: Finding[]): string =>
  findings
    .flatMap((finding) =>
      isRight(finding) ? [`${finding.file.file}: ok`, ...noteLines(finding)] : [problemText(finding)],
    )
    .join('\n');

function jsonOf(findings: Finding[]): string {
  const problems = findings.flatMap((finding) => placed(finding.problems, (path) => finding.file.locate(path)));
  if (problems.length > 0) return refusal(problems);
  const notes = findings.flatMap((finding) => told(notesOf(finding)).map((note) => `${finding.file.file} ${note}`));
  const files = findings.map(({ file }) => file.file);
  return `${JSON.stringify({ status: 'valid', files, ...(notes.length > 0 && { notes }) })}\n`;
}

export async function validate(
  files: string[],
  terminal: Terminal,
  { home, json = false, ...options }: { home: string; json?: boolean; var?: string[] },
): Promise<number> {
  const unreadable: Placed[] = [];
  const parameters = readVariables(options.var, unreadable);
  if (unreadable.length > 0) throw new Refusal(problemLines(unreadable), { problems: unreadable });
  const findings = await examine(files, { home, parameters });
  const ok = findings.every(isRight);
  if (json) terminal.out(jsonOf(findings));
  else if (ok) terminal.out(`${textOf(findings)}\n`);
  if (!ok) terminal.err(`${textOf(findings)}\n`);
  return ok ? 0 : 2;
}
