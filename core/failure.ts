import type { ManifestFailure } from './manifest.ts';

/** What a Catch hands on: the error's name and its cause, which for a failed Lambda is JSON. */
export interface CaughtError {
  Error: string;
  Cause?: string | undefined;
}

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
export function failureSummary({ state, cause, undone, left }: ManifestFailure): string {
  const list = (title: string, items: string[]) => (items.length > 0 ? [`${title}: ${items.join(', ')}`] : []);
  const parts = [`${state}: ${cause}`, ...list('undone', undone), ...list('LEFT BEHIND', left)];
  return parts.join('\n').slice(0, causeLimit);
}
