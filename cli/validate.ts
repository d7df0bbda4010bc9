import { problemText, examine } from './recipe-folder.ts';
import type { Terminal } from './terminal.ts';

/** Of each file either `ok` or every problem it has. */
export async function validateFiles(files: string[]): Promise<{ ok: boolean; text: string }> {
  const findings = await examine(files);
  return {
    ok: findings.every(({ problems }) => problems.length === 0),
    text: findings
      .map((finding) => (finding.problems.length > 0 ? problemText(finding) : `${finding.file.file}: ok`))
      .join('\n'),
  };
}

export async function validate(files: string[], terminal: Terminal): Promise<number> {
  const { ok, text } = await validateFiles(files);
  if (ok) terminal.out(`${text}\n`);
  else terminal.err(`${text}\n`);
  return ok ? 0 : 2;
}
