import { targetName } from '../../core/accounts/account-copies.ts';
import type { SkippedStep } from '../../core/guest/steps/applicable-steps.ts';
import type { HistoryEvent } from '../../simulator/states/history.ts';

// What the events of a build's execution say, as far as progress shows it.

export function details(event: HistoryEvent): {
  name?: string;
  input?: string;
  output?: string;
  length?: number;
  error?: string;
  cause?: string;
} {
  const key = Object.keys(event).find((name): name is `${string}EventDetails` => name.endsWith('EventDetails'));
  return (key && event[key]) ?? {};
}

/** Resolve returns the steps that do not apply to the source image. */
export function skippedIn(output = '{}'): SkippedStep[] {
  const { skipped } = (JSON.parse(output) ?? {}) as { skipped?: SkippedStep[] };
  return skipped ?? [];
}

/** CleanUp returns how many things it leaves behind; Compensate returns which. AwaitCommand says that its step has failed. */
export function resultIn(output = '{}'): { left: number; passed: boolean } {
  const { left, failed } = (JSON.parse(output) ?? {}) as { left?: unknown; failed?: unknown };
  return { left: Array.isArray(left) ? left.length : Number(left ?? 0), passed: failed === true };
}

/** The key that distinguishes the iterations of a Map. ItemSelector puts it into the input of their states. */
export function itemIn(input = '{}'): { place?: string; name?: string } {
  const { region, id, name, account } = JSON.parse(input) as Record<string, unknown>;
  const at = { ...(typeof id === 'string' && { id }), ...(typeof account === 'string' && { account }) };
  return {
    ...(typeof region === 'string' && { place: targetName({ region, ...at }) }),
    ...(typeof name === 'string' && { name }),
  };
}
