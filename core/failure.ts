import type { ManifestFailure } from './manifest.ts';

/** What a Catch hands on: the error's name and its cause, which for a failed Lambda is JSON. */
export interface CaughtError {
  Error: string;
  Cause?: string | null | undefined;
}

const messageLimit = 2000;

/** The sentence for a human in a caught error's cause, short enough to be one of sixty targets' in one payload. */
export const failureBrief = (error: CaughtError): string =>
  `${error.Error}: ${failureMessage(error)}`.slice(0, messageLimit);

/** The sentence for a human in a caught error's cause. */
export function failureMessage({ Error, Cause }: CaughtError): string {
  if (!Cause) return timeouts[Error] ?? 'Step Functions gives no cause';
  try {
    const { errorMessage } = JSON.parse(Cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : Cause;
  } catch {
    return Cause;
  }
}

const timeouts: Record<string, string> = {
  'States.Timeout': 'the function did not answer within the bound of its state',
  'States.HeartbeatTimeout': 'AWS did not finish within the looks that the state allows',
};

// Step Functions takes at most 32,768 characters of cause.
const causeLimit = 30_000;

/** The cause an execution fails with: what, where, what was undone, what a human must still look at. */
export function failureSummary({ state, cause, undone, left }: ManifestFailure, meaning?: string): string {
  const list = (title: string, items: string[]) => (items.length > 0 ? [`${title}: ${items.join(', ')}`] : []);
  const outcome = [...list('LEFT BEHIND', left), ...list('undone', undone)].join('\n').slice(0, causeLimit / 2);
  const what = `${state}: ${cause}${meaning ? `\n(${meaning})` : ''}`.slice(0, causeLimit - outcome.length - 1);
  return outcome ? `${what}\n${outcome}` : what;
}
