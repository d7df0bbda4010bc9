import { stepKinds } from '../../recipe/provision.ts';
import { systemOf } from '../../recipe/rules/provision-rules.ts';
import { skippedBecause, type GuestSystem } from '../../recipe/steps/surroundings.ts';
import type { Check, Step } from '../../recipe/types.ts';
import { nameOfStep } from '../command.ts';

// The steps of a recipe that its source image does not need, and those that the image cannot run.

/** A step or check that is not sent, since its `if` excludes the source image. */
export interface SkippedStep {
  list: 'provision' | 'checks';
  name: string;
  because: string;
}

export function skippedSteps(recipe: { provision: Step[]; checks: Check[] }, system: GuestSystem): SkippedStep[] {
  return (['provision', 'checks'] as const).flatMap((list) =>
    recipe[list].flatMap((step, at) => {
      const because = skippedBecause(step, system);
      return because === undefined ? [] : [{ list, name: nameOfStep(step, at), because }];
    }),
  );
}

/** Steps of a recipe that the source's operating system cannot run. A step that is skipped there does not count. */
export function foreignSteps(
  steps: Step[],
  system: GuestSystem,
  scripts: Record<string, string>,
): { index: number; kind: string }[] {
  const other = system.windows ? 'Linux' : 'Windows';
  return steps.flatMap((step, index) =>
    systemOf(step, scripts) === other && skippedBecause(step, system) === undefined
      ? [{ index, kind: stepKinds.find((kind) => step[kind] !== undefined) ?? 'run' }]
      : [],
  );
}
