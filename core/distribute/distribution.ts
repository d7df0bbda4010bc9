import { clientToken } from '../build/identity.ts';
import { Failure } from '../errors.ts';
import type { Plan } from '../build/plan.ts';
import type { Target } from '../recipe/types.ts';

/** The outcome for one target after Copy and Grant. After Verify it is what was found for one target. */
export interface TargetResult {
  region: string;
  ami?: string | undefined;
  snapshots?: string[] | undefined;
  /** When EC2 had completed its last snapshot, ISO 8601. Absent where EC2 does not tell. */
  completedAt?: string | undefined;
  error?: string | undefined;
}

export function targetIn(plan: Plan, region: string): Target {
  const target = plan.document.distribute.find((one) => one.region === region);
  if (!target) throw new Failure('StageInputInvalid', `${region} is no target of ${plan.recipe} ${plan.build}`);
  return target;
}

/** The image is made in the pipeline's region, so only the other targets need a copy. */
export const needsCopy = (plan: Plan, region: string): boolean => region !== plan.region;

/** `generation` counts this build's failed copies in the region. EC2 would answer a used token with the failed copy. */
export const copyToken = (plan: Plan, region: string, ami: string, generation: number): string =>
  clientToken(plan.recipe, plan.build, region, ami, generation, plan.resumedAt);

const shown = 5;

/** Shortens a list for a message: a thousand accounts must not push a failure over Step Functions' limits. */
export const fewOf = (list: string[], separator: string): string =>
  list.length <= shown
    ? list.join(separator)
    : `${list.slice(0, shown).join(separator)}${separator}and ${list.length - shown} more`;

/** Refuses to publish an incomplete build. @throws TargetsIncomplete naming each required target that is wrong, and why. */
export function refuseIncomplete(plan: Plan, results: TargetResult[]): void {
  const required = new Set(plan.document.distribute.filter((target) => target.required).map(({ region }) => region));
  const wrong = results.filter(({ region, error }) => error !== undefined && required.has(region));
  if (wrong.length === 0) return;
  const list = wrong.map(({ region, error = '' }) => `${region}: ${error.slice(0, 400)}`).join('\n');
  throw new Failure(
    'TargetsIncomplete',
    `${wrong.length} of ${required.size} required targets of ${plan.image} not right, so nothing is published:\n${list}`,
  );
}
