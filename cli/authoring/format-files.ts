import { writeFile } from 'node:fs/promises';
import { readYaml } from '../recipes/recipe-file.ts';
import { readText, reason } from '../recipes/recipe-scripts.ts';
import { commandLine } from '../screen/command-line.ts';
import { placed, problemLines, type Placed } from '../refusal.ts';
import { Refusal } from '../refused.ts';
import type { Terminal } from '../screen/terminal.ts';
import { formatRecipe } from './format-recipe.ts';

/** Formats recipe files, or only names those that would change. Writes nothing if one of them cannot be read. */
export async function formatFiles(
  files: string[],
  { check = false, json = false }: { check?: boolean; json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const read = await Promise.all(files.map(readFormattable));
  const problems = read.flatMap((one) => one.problems);
  if (problems.length > 0) throw new Refusal(problemLines(problems), { problems });
  const changed: string[] = [];
  for (const { file, text } of read) {
    const formatted = await formatRecipe(text);
    if (formatted === undefined)
      terminal.err(`${file}: stays as it is, because its layout cannot change without its content\n`);
    if (formatted === undefined || formatted === text) continue;
    changed.push(file);
    if (!check) await writeFile(file, formatted);
  }
  if (json) terminal.out(`${JSON.stringify({ status: check ? 'checked' : 'formatted', changed })}\n`);
  else
    terminal.out(
      changed
        .map((file) => `${file}${check ? `: is not formatted; ${commandLine('fmt')} would change it` : ''}\n`)
        .join(''),
    );
  return check && changed.length > 0 ? 1 : 0;
}

async function readFormattable(file: string): Promise<{ file: string; text: string; problems: Placed[] }> {
  try {
    const text = await readText(file);
    if (!/\.ya?ml$/.test(file)) {
      const problem = { path: [], message: 'is no recipe: the name of a recipe file ends in .yaml', place: { file } };
      return { file, text, problems: [problem] };
    }
    const { problems, locate } = readYaml(text, file, 'a recipe');
    return { file, text, problems: placed(problems, locate) };
  } catch (error) {
    const problem = { path: [], message: `cannot be read: ${reason(error)}`, place: { file } };
    return { file, text: '', problems: [problem] };
  }
}
