import type { AddedTargets, Addition, WithAdded } from './addition.ts';
import type { TargetResult } from './distribution.ts';
import { inPlace, isSamePlace, onlyPlace, placeName } from './place.ts';
import type { Target } from '../recipe/types.ts';
import { manifestOf, type Manifest } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import { withTargets } from './plan-of-execution.ts';

/** Whether an execution has published a target that it adds. */
const isReached = (targets: TargetResult[], target: Target): boolean => {
  const { ami, error } = inPlace(targets, target) ?? {};
  return ami !== undefined && error === undefined;
};

/** The targets that an addition has reached, and whether the build now is all that the deployed recipe asks for. */
export function reachedBy({ targets: wanted, whole }: Addition, targets: TargetResult[]) {
  const reached = wanted.filter((target) => isReached(targets, target));
  return { reached, whole: reached.length === wanted.length ? whole : undefined };
}

/** The plan that a build keeps once further targets are published. @param added As the manifest has it now. */
export function planAfter(plan: Plan, adds: Addition, targets: TargetResult[], { added }: WithAdded): Plan {
  const { reached, whole } = reachedBy(adds, targets);
  const distribute = whole?.distribute ?? withTargets(plan.document.distribute, reached);
  return { ...plan, document: { ...plan.document, distribute }, ...(added && { added }) };
}

/** How an execution that adds targets ended. */
export type AdditionEnd = Pick<AddedTargets, 'at' | 'left' | 'failure'>;

/**
 * The manifest of a build after an execution has added targets, or has failed to. Its other targets stay as they were. Repeating
 * it changes nothing.
 */
export function manifestAfter(manifest: Manifest, plan: Plan, targets: TargetResult[], end: AdditionEnd): Manifest {
  const { adds } = plan;
  if (!adds || manifest.added?.some(({ execution }) => execution === adds.execution)) return manifest;
  const { reached } = reachedBy(adds, targets);
  const { execution, startedAt, who, why } = adds;
  const only = { ...plan, document: { ...plan.document, distribute: reached.length > 0 ? adds.targets : [] } };
  const parts = { plan: only, parameter: plan.channel ?? null, targets, timings: [], failure: null };
  const more = manifestOf({ ...parts, status: 'published' }).targets;
  const known = manifest.targets.filter((one) => !more.some((other) => isSamePlace(onlyPlace(one), onlyPlace(other))));
  const entry = {
    execution,
    startedAt,
    who,
    ...(why !== undefined && { why }),
    targets: reached.map(placeName),
    ...end,
  };
  return {
    ...manifest,
    targets: [...known, ...more],
    added: [...(manifest.added ?? []), entry],
  };
}
