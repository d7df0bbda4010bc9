import type { Placed } from './refusal.ts';

/** An error that prevents a verb from doing its work. The message is printed unchanged; the exit code is 2. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** The same for a program, if there is more to tell than a message. */
  readonly problems: Placed[] | undefined;
  constructor(message: string, { problems, cause }: { problems?: Placed[]; cause?: unknown } = {}) {
    super(message, { cause });
    this.problems = problems;
  }
}
