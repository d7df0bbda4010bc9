import { clientToken } from '../build/identity.ts';
import { Failure } from '../errors.ts';
import type { Plan } from '../build/plan.ts';
import type { Target } from '../recipe/recipe.ts';

/** Who may launch an AMI: account ids, organization ARNs, organizational-unit ARNs. */
export interface Sharing {
  accounts: string[];
  organizations: string[];
  organizationalUnits: string[];
}

/** Who may launch an AMI, as EC2 tells it. `everyone`: it is public. */
export interface Shared extends Sharing {
  everyone: boolean;
}

/** The outcome of one Distribute iteration, and after Verify the truth about one target. */
export interface TargetResult {
  region: string;
  ami?: string | undefined;
  snapshots?: string[] | undefined;
  error?: string | undefined;
}

export function targetIn(plan: Plan, region: string): Target {
  const target = plan.document.distribute.find((one) => one.region === region);
  if (!target) throw new Failure('StageInputInvalid', `${region} is no target of ${plan.recipe} ${plan.build}`);
  return target;
}

/** The image is made in the pipeline's region, so only the other targets need a copy. */
export const needsCopy = (plan: Plan, region: string): boolean => region !== plan.region;

/** `generation` counts copies of this build that failed in the region: a used token would answer with the failed one. */
export const copyToken = (plan: Plan, region: string, ami: string, generation: number): string =>
  clientToken(plan.recipe, plan.build, region, ami, generation, plan.resumedAt);

/** Who is still missing. Present permissions that the recipe does not name stay as they are. */
export function missing(wanted: Sharing, present: Sharing): Sharing {
  const without = (list: string[], there: string[]) => {
    const known = new Set(there);
    return list.filter((one) => !known.has(one));
  };
  return {
    accounts: without(wanted.accounts, present.accounts),
    organizations: without(wanted.organizations, present.organizations),
    organizationalUnits: without(wanted.organizationalUnits, present.organizationalUnits),
  };
}

const shown = 5;

/**
 * The first few of many, so that a message stays one: a thousand accounts must not push a failure over Step Functions'
 * limits.
 */
export const fewOf = (list: string[], separator: string): string =>
  list.length <= shown
    ? list.join(separator)
    : `${list.slice(0, shown).join(separator)}${separator}and ${list.length - shown} more`;

/** The barrier. @throws TargetsIncomplete naming every required target that is not right, and what is wrong with it. */
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
