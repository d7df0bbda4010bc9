import type { ExecutionReference } from '../../core/build/identity.ts';
import type { Plan } from '../../core/build/plan.ts';
import { withPast, type RecipeRecord } from '../../core/build/record.ts';
import type { Trigger } from '../../core/start/trigger.ts';
import type { Artifacts } from './artifacts.ts';
import { holdRecipe } from './locks.ts';
import { keepPlan } from './plans.ts';
import { recordStart } from './recipe-records.ts';

/** Gives a build to its execution, and writes down its plan and that it has begun. @throws RecipeBusy */
export async function beginBuild(
  artifacts: Artifacts,
  planned: Plan,
  { id, startedAt }: ExecutionReference,
  trigger: Trigger | undefined,
): Promise<{ plan: Plan; record: RecipeRecord }> {
  await holdRecipe(artifacts, planned, id);
  const record = await recordStart(artifacts, planned, new Date(startedAt).toISOString(), trigger);
  return { plan: await keepPlan(artifacts, withPast(planned, record)), record };
}
