import { Refusal } from './refused.ts';
import type { Terminal } from './screen/terminal.ts';

interface Agreeing {
  json?: boolean | undefined;
  /** The option --yes: do not ask. */
  yes?: boolean | undefined;
}

/** Whether a verb shows what it would do and asks, before it does it: a person is at the terminal, and did not say --yes. */
export const asksFirst = ({ json = false, yes = false }: Agreeing, { isTTY }: Pick<Terminal, 'isTTY'>): boolean =>
  isTTY && !json && !yes;

/**
 * Refuses a verb that takes images away, if nobody can be asked and the command line does not say --yes. Other verbs then go on.
 * @param look The option that only shows what would be done.
 */
export function assertAgreed(verb: string, look: string, options: Agreeing, terminal: Pick<Terminal, 'isTTY'>): void {
  if (options.yes || asksFirst(options, terminal)) return;
  throw new Refusal(
    `golden ${verb} takes images away, and asks first only at a terminal: give --yes, or look with ${look}`,
  );
}
