import type { KeptImage } from '../undo/kept.ts';
import type { ManifestFailure } from '../build/manifest.ts';
import type { BuildIdentity } from '../tags.ts';
import type { Plan } from '../build/plan.ts';
import { ending, failedPlace, type FailedPlace, type StateEvent } from '../build/timings.ts';

/** What a Catch hands on: the error's name and its cause, which for a failed Lambda is JSON. */
export interface CaughtError {
  Error: string;
  Cause?: string | null | undefined;
}

const messageLimit = 2000;

/** The sentence for a human in a caught error's cause, short enough to be one of sixty targets' in one payload. */
export const failureBrief = (error: CaughtError): string =>
  `${error.Error}: ${failureMessage(error)}`.slice(0, messageLimit);

/** The targets that Distribute could not serve, and why. */
export const failedTargets = (distribution: { region: string; failure?: CaughtError | undefined }[]) =>
  distribution.flatMap(({ region, failure }) => (failure ? [{ region, error: failureBrief(failure) }] : []));

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

/** What is left where Compensate never said. */
export const unknownRemains =
  'unknown: the clean-up did not end well, look for the tag golden:build in every region of the recipe';

/** The console offers Redrive on every execution that failed. It goes on at the state Failed. */
export const redriveHint = 'Redrive would only end here again: to go on, start a new execution';

/**
 * What there is to tell of an execution that failed, after its history; `otherwise` is what is known without it, and `unread`
 * why it may not be read.
 */
export function failureOf(
  events: StateEvent[],
  otherwise: CaughtError,
  compensation: { undone?: string[] | undefined; left?: string[] | undefined; kept?: KeptImage[] | undefined } = {},
  unread: string[] = [],
): ManifestFailure {
  const caught = ending(events, otherwise);
  const { undone = [], left = [unknownRemains], kept = [] } = compensation;
  return {
    state: failedPlace(events).state,
    error: caught.Error,
    cause: failureMessage(caught),
    undone,
    left: [...left, ...unread],
    kept,
  };
}

/** The message of a failure inside a Map, led by the step, check or region it was about, unless it says so itself. */
export function placedMessage(message: string, { map, index = -1 }: FailedPlace, plan: Plan | undefined): string {
  const { provision = [], checks = [], document } = plan ?? {};
  const step = { Provision: provision, Check: checks }[map ?? '']?.[index]?.name;
  const region = map === 'Distribute' ? document?.distribute[index]?.region : undefined;
  const name = step === undefined ? region : `"${step}"`;
  return name === undefined || message.includes(name) ? message : `${name}: ${message}`;
}

const timeouts: Record<string, string> = {
  'States.Timeout': 'the function did not answer within the bound of its state',
  'States.HeartbeatTimeout': 'AWS did not finish within the looks that the state allows',
};

// Step Functions takes at most 32,768 characters of cause.
const causeLimit = 30_000;

const keptLine = (kept: KeptImage[], until: string | null): string => {
  const images = kept.filter(({ expires }) => expires === until).map(({ ami, region }) => `${ami} in ${region}`);
  return `kept ${until ? `until ${until}` : 'without an end'}: ${images.join(', ')}`;
};

/**
 * The cause an execution fails with: what, where, what was undone, what a human must still look at, how to go on with what
 * is kept.
 */
export function failureSummary(
  { state, cause, undone, left, kept }: ManifestFailure,
  identity?: BuildIdentity,
  meaning?: string,
): string {
  const list = (title: string, items: string[]) => (items.length > 0 ? [`${title}: ${items.join(', ')}`] : []);
  const stays = [...new Set(kept.map(({ expires }) => expires))].map((until) => keptLine(kept, until));
  const again =
    identity && kept.length > 0
      ? [`to go on with it, start {"recipe": "${identity.recipe}", "build": "${identity.build}"}`]
      : [];
  const outcome = [...list('LEFT BEHIND', left), ...stays, ...again, ...list('undone', undone)]
    .join('\n')
    .slice(0, causeLimit / 2);
  const what = `${state}: ${cause}${meaning ? `\n(${meaning})` : ''}`.slice(0, causeLimit - outcome.length - 1);
  return outcome ? `${what}\n${outcome}` : what;
}
