import type { ExecutionReference } from '../../core/build/identity.ts';
import type { Plan } from '../../core/build/plan.ts';
import { withPast, type RecipeRecord } from '../../core/build/record.ts';
import type { Trigger } from '../../core/start/trigger.ts';
import { downloadsOf } from '../../core/guest/remote/downloads.ts';
import type { Artifacts } from './artifacts.ts';
import type { Deployed } from './assets.ts';
import { readDocument } from './documents.ts';
import { holdRecipe } from './locks.ts';
import { keepPlan } from './plans.ts';
import { recordStart } from './recipe-records.ts';

/** The plan of a build that is started again, with the targets that a distribution had published when it died. */
async function withDeadAddition(
  artifacts: Artifacts & { now: () => Date },
  planned: Plan,
  execution: string,
): Promise<Plan> {
  if (!planned.addition) return planned;
  const { recordEarlierAddition } = await import('./added-targets.ts');
  const isTold = await recordEarlierAddition(artifacts, planned, execution);
  return (isTold ? await readDocument(artifacts, planned, 'plan') : undefined) ?? planned;
}

/** Gives a build to its execution, keeps what its instances download, and writes down its plan and that it has begun. @throws RecipeBusy */
export async function beginBuild(
  artifacts: Deployed,
  planned: Plan,
  { id, startedAt }: ExecutionReference,
  trigger: Trigger | undefined,
): Promise<{ plan: Plan; record: RecipeRecord }> {
  // Loaded only where an instance downloads something.
  if (downloadsOf(planned).size > 0) await (await import('./assets.ts')).keepAssets(artifacts, planned);
  await holdRecipe(artifacts, planned, id);
  const record = await recordStart(artifacts, planned, new Date(startedAt).toISOString(), trigger);
  const known = await withDeadAddition(artifacts, planned, id);
  return { plan: await keepPlan(artifacts, withPast(known, record)), record };
}
