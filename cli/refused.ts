import type { Placed } from './refusal.ts';

/** What keeps a verb from doing what it was asked: told as it is, exit code 2. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** The same for a program, where there is more to say than a message. */
  readonly problems: Placed[] | undefined;
  constructor(message: string, { problems, cause }: { problems?: Placed[]; cause?: unknown } = {}) {
    super(message, { cause });
    this.problems = problems;
  }
}
