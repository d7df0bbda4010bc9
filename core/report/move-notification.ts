import { explainFailure } from '../failure-names.ts';
import { executionLink } from './console-links.ts';
import { failureMessage } from './failure.ts';
import type { EndedExecution, Notification } from './notification.ts';

/** An execution of move-channel that did not end well. */
export type FailedMove = Pick<EndedExecution, 'execution' | 'status' | 'error' | 'cause'> & {
  /** Its input. Undefined where EventBridge leaves it out because it is long. */
  input: unknown;
};

/** What a person asked for is refused to that person. Nothing failed. */
const refusals = new Set(['MoveRefused', 'RecipeInvalid']);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const ascii = (words: string) => words.replaceAll(/[^\x20-\x7e]+/g, ' ');

/** The mail about a move of a channel, a revoke or a restore that failed. Undefined for a request that was refused. */
export function moveNotification(
  { execution, status, error, cause, input }: FailedMove,
  { deployment }: { deployment: string },
): Notification | undefined {
  if (error !== undefined && refusals.has(error)) return undefined;
  const asked = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  const undoes = 'detail' in asked;
  const what = undoes
    ? 'the undoing of a move'
    : `${text(asked['verb']) ?? 'a move'} of ${text(asked['recipe']) ?? 'a recipe'}`;
  const verdict =
    { ABORTED: 'was stopped', TIMED_OUT: 'ran out of time' }[status as string] ?? `FAILED: ${error ?? status}`;
  const explained = explainFailure(error ?? '');
  const died = status === 'ABORTED' || status === 'TIMED_OUT';
  const rows = ['channel', 'build', 'who', 'why'].flatMap((key) => {
    const value = text(asked[key]);
    return value === undefined ? [] : [`${key.padEnd(9)}${value}`];
  });
  const paragraphs = [
    [
      `${what} ${verdict}.`,
      ...(error === undefined ? [] : [failureMessage({ Error: error, Cause: cause }).slice(-4000)]),
      ...(died && !undoes
        ? [
            'Another execution of move-channel puts everything back to what it was; golden history tells when that is done.',
          ]
        : []),
      ...(explained ? ['', `It means: ${explained.means}.`, `What to do: ${explained.advice}.`] : []),
    ],
    rows,
    [`Execution  ${executionLink(execution) ?? execution}`],
  ];
  return {
    subject: ascii(`${deployment}: ${what} ${verdict}`).slice(0, 99).trimEnd(),
    text: `${paragraphs
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n')}\n`,
  };
}
