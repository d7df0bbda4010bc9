import { Argument } from 'commander';
import type { Cli } from '../deployed/deployed-verbs.ts';

/** The verb that prints scripts for shells. */
export function addCompletion({ program, terminal }: Cli): void {
  program
    .command('completion')
    .summary('print a script by which your shell completes these verbs and their options')
    .description(
      'Prints a script that completes verbs, options, recipes and regions. bash: source <(golden completion bash). zsh, after compinit: source <(golden completion zsh). fish: golden completion fish | source.',
    )
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: string) => {
      const { completionScript } = await import('./completion.ts');
      terminal.out(completionScript(shell, program));
    });
}
