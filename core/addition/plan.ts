import type { AddedTargets, Addition, WithAdded } from './addition.ts';
import { costOfAddition, withAddedCost } from './cost.ts';
import { reachedCopies, withReached } from './copies.ts';
import type { TargetResult } from '../distribute/distribution.ts';
import { inAccountPlace, targetName, type AccountPlace } from '../accounts/account-copies.ts';
import { copiedToOf, type ManifestAccountCopy } from '../accounts/manifest-copies.ts';
import type { AccountResult } from '../accounts/planned-copies.ts';
import { inPlace, isSamePlace, onlyPlace } from '../distribute/place.ts';
import type { Target } from '../recipe/types.ts';
import { manifestOf, type Manifest } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import { withTargets } from '../distribute/plan-of-execution.ts';

/** Whether an execution has published a target that it adds. */
const isReached = (targets: TargetResult[], target: Target): boolean => {
  const { ami, error } = inPlace(targets, target) ?? {};
  return ami !== undefined && error === undefined;
};

/** What an execution has made: images of targets, and copies in other accounts. */
export interface AdditionResults {
  targets: TargetResult[];
  copiedTo: AccountResult[];
}

/** What an addition has reached, and whether the build now is all that the deployed recipe asks for. */
export function reachedBy(adds: Addition, { targets, copiedTo }: AdditionResults) {
  const { targets: wanted, copies = [], whole } = adds;
  const reached = wanted.filter((target) => isReached(targets, target));
  const there = reachedCopies(adds, copiedTo);
  const isAll = reached.length === wanted.length && there.length === copies.length;
  return { reached, copies: there, whole: isAll ? whole : undefined };
}

/** The plan that a build keeps once further targets are published. @param added As the manifest has it now. */
export function planAfter(plan: Plan, adds: Addition, results: AdditionResults, { added }: WithAdded): Plan {
  const { reached, copies, whole } = reachedBy(adds, results);
  const more = withReached([...reached, ...(adds.further ?? [])], adds, copies);
  const distribute = whole?.distribute ?? withTargets(plan.document.distribute, more);
  return { ...plan, document: { ...plan.document, distribute }, ...(added && { added }) };
}

/** The copies in other accounts of a manifest, with those that an execution was to add. */
function copiedToAfter(
  { copiedTo: known = [] }: Manifest,
  parts: Omit<Parameters<typeof copiedToOf>[0], 'status'>,
  added: AccountPlace[],
): ManifestAccountCopy[] {
  const more = copiedToOf({ ...parts, status: 'published' }).filter((one) => inAccountPlace(added, one));
  return [...known.filter((one) => !inAccountPlace(more, one)), ...more];
}

/** How an execution that adds targets ended. */
export type AdditionEnd = Pick<AddedTargets, 'at' | 'left' | 'failure'>;

/**
 * The manifest of a build after an execution has added targets, or has failed to. Its other targets stay as they were. Repeating
 * it changes nothing.
 */
export function manifestAfter(manifest: Manifest, plan: Plan, results: AdditionResults, end: AdditionEnd): Manifest {
  const { adds } = plan;
  if (!adds || manifest.added?.some(({ execution }) => execution === adds.execution)) return manifest;
  const { reached, copies } = reachedBy(adds, results);
  const { execution, startedAt, who, why } = adds;
  const isAny = reached.length + copies.length > 0;
  const only = { ...plan, document: { ...plan.document, distribute: isAny ? adds.targets : [] } };
  const parts = { plan: only, parameter: plan.channel ?? null, ...results, timings: [], failure: null };
  const more = manifestOf({ ...parts, status: 'published' }).targets;
  const copiedTo = copiedToAfter(manifest, { ...parts, plan }, isAny ? (adds.copies ?? []) : []);
  const known = manifest.targets.filter((one) => !more.some((other) => isSamePlace(onlyPlace(one), onlyPlace(other))));
  const entry = {
    execution,
    startedAt,
    who,
    ...(why !== undefined && { why }),
    targets: [...reached, ...copies].map(targetName),
    ...end,
  };
  return {
    ...manifest,
    targets: [...known, ...more],
    ...(copiedTo.length > 0 && { copiedTo }),
    ...(manifest.cost && { cost: withAddedCost(manifest.cost, costOfAddition(plan, reached, copies, adds.from)) }),
    added: [...(manifest.added ?? []), entry],
  };
}
