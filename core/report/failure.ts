import { onlyHeld, type HeldInstance } from '../undo/hold.ts';
import type { KeptImage } from '../undo/kept.ts';
import type { ManifestFailure } from '../build/manifest.ts';
import { explainFailure } from '../failure-names.ts';
import type { Plan } from '../build/plan.ts';
import {
  ending,
  failedPlace,
  timingsOf,
  type FailedPlace,
  type StateEvent,
  type CaughtError,
} from '../build/timings.ts';
import type { TargetResult } from '../distribute/distribution.ts';
import { accountCopiesOf, accountPlaceName, onlyAccountPlace } from '../accounts/account-copies.ts';
import type { AccountResult } from '../accounts/planned-copies.ts';
import { placeName, onlyPlace, type Place } from '../distribute/place.ts';
import { wastedCopies } from './wasted.ts';

const messageLimit = 2000;

/** A caught error's message, short enough for sixty targets' messages in one payload. */
export const failureBrief = (error: CaughtError): string =>
  `${error.Error}: ${failureMessage(error)}`.slice(0, messageLimit);

/** What to do about the error of a target. Undefined where its message says so itself. */
export function targetAdvice(error: string): string | undefined {
  const [, name = ''] = /^(\w+): /.exec(error) ?? [];
  return explainFailure(name)?.advice;
}

/** The targets whose copy or permissions failed, and why. */
const failedTargets = (
  distribution: { region: string; id?: string | null | undefined; failure?: CaughtError | undefined }[],
): (Place & { error: string })[] =>
  distribution.flatMap(({ failure, ...place }) =>
    failure ? [{ ...onlyPlace(place), error: failureBrief(failure) }] : [],
  );

type Outcomes = Parameters<typeof failedTargets>[0];

/** The targets and the copies in other accounts that failed, as far as the states of a build got. */
export const failedOutcomes = ({
  copied,
  distribution = copied?.targets ?? [],
  intoAccounts = [],
}: {
  copied?: { targets: Outcomes } | undefined;
  distribution?: Outcomes | undefined;
  intoAccounts?: (Outcomes[number] & { account: string })[] | undefined;
}): { targets: TargetResult[]; copiedTo: AccountResult[] } => ({
  targets: failedTargets(distribution),
  copiedTo: intoAccounts.flatMap(({ failure, ...at }) =>
    failure ? [{ ...onlyAccountPlace(at), error: failureBrief(failure) }] : [],
  ),
});

/** The readable message in a caught error's cause. */
export function failureMessage({ Error, Cause }: CaughtError): string {
  if (!Cause) return timeouts[Error] ?? 'Step Functions gives no cause';
  try {
    const { errorMessage } = JSON.parse(Cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : Cause;
  } catch {
    return Cause;
  }
}

/** Reported as left behind if Compensate did not report. */
const unknownRemains =
  'unknown: the clean-up did not end well, look for the tag golden:build in every region of the recipe';

/** The console offers Redrive on every failed execution. A redrive would only repeat the state Failed. */
export const redriveHint = 'Redrive would only end here again: to go on, start a new execution';

/**
 * Describes a failed execution from its history. `otherwise` is the error known without the history. `unread` says why the
 * history could not be read.
 */
export function failureOf(
  events: StateEvent[],
  otherwise: CaughtError,
  compensation: Partial<Record<'undone' | 'left', string[] | undefined>> & {
    kept?: KeptImage[] | undefined;
    held?: HeldInstance | undefined;
  } = {},
  unread: string[] = [],
): ManifestFailure {
  const caught = ending(events, otherwise);
  const { undone = [], left = [unknownRemains], kept = [], held } = compensation;
  return {
    state: failedPlace(events).state,
    error: caught.Error,
    cause: failureMessage(caught),
    undone,
    left: [...left, ...unread],
    kept,
    ...(held && { held: onlyHeld(held) }),
  };
}

/** The name of the step or check that failed. Undefined where the build failed elsewhere. */
const failedStep = ({ map, index = -1 }: FailedPlace, plan: Plan | undefined): string | undefined =>
  ({ Provision: plan?.provision, Check: plan?.checks })[map ?? '']?.[index]?.name;

/** The message of a failure inside a Map, with the name of its step, check or region in front unless it contains that name. */
export function placedMessage(message: string, place: FailedPlace, plan: Plan | undefined): string {
  const { map, index = -1 } = place;
  const { document } = plan ?? {};
  const step = failedStep(place, plan);
  const target = map === 'Copy' || map === 'Grant' ? document?.distribute[index] : undefined;
  const copy = map === 'IntoAccounts' && document ? accountCopiesOf(document)[index] : undefined;
  const name = copy ? accountPlaceName(copy) : step === undefined ? target && placeName(target) : `"${step}"`;
  return name === undefined || message.includes(name) ? message : `${name}: ${message}`;
}

/** Adds to a failure what only the plan tells: the name of its step, check or region, and copies that were made for nothing. */
export function completed(failure: ManifestFailure, events: StateEvent[], plan: Plan | undefined): ManifestFailure {
  const place = failedPlace(events);
  const cause = placedMessage(failure.cause, place, plan);
  const step = failedStep(place, plan);
  // Copies that are kept can be used when the build goes on.
  const wasted = failure.kept.length > 0 ? undefined : wastedCopies(failure.state, timingsOf(events), plan);
  return { ...failure, cause, ...(step !== undefined && { step }), ...(wasted && { wasted }) };
}

const timeouts: Record<string, string> = {
  'States.Timeout': 'the function did not answer within the bound of its state',
  'States.HeartbeatTimeout': 'AWS did not finish within the looks that the state allows',
};
