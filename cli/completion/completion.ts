import type { Command } from 'commander';
import { bashCompletion } from './bash-completion.ts';
import { describedVerbs, type DescribedVerb } from './described-verbs.ts';
import { fishCompletion } from './fish-completion.ts';
import { zshCompletion } from './zsh-completion.ts';

const scripts: Record<string, (verbs: DescribedVerb[]) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** The script by which a shell completes the command lines of a program. */
export const completionScript = (shell: string, program: Command): string =>
  (scripts[shell] ?? bashCompletion)(describedVerbs(program));
