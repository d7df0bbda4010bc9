import { planOfExecution } from '../../core/distribute/plan-of-execution.ts';
import type { RunningBuild } from '../../core/build/identity.ts';
import { Failure } from '../../core/errors.ts';
import type { Plan } from '../../core/build/plan.ts';
import { keyOf } from '../../core/memory/documents.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Artifacts } from './artifacts.ts';
import { keepFirst, readDocument, write } from './documents.ts';
import { readRecord } from './recipe-records.ts';

/** What the bucket knows of a build that starts: its plan and manifest if it was begun before, and its recipe's record. */
export async function readEarlier(artifacts: Artifacts, identity: BuildIdentity) {
  const [plan, manifest, record] = await Promise.all([
    readDocument(artifacts, identity, 'plan'),
    readDocument(artifacts, identity, 'manifest'),
    readRecord(artifacts, identity.recipe),
  ]);
  return { plan, manifest, record };
}

/** Keeps a build's first plan, with the regions whose events come here by then. The plan of a resumed build replaces it. */
export async function keepPlan(artifacts: Artifacts, planned: Plan): Promise<Plan> {
  const isCopied = planned.document.distribute.some(({ region }) => region !== planned.region);
  const stacks = isCopied && !planned.told ? await readDocument(artifacts, {}, 'regionStacks') : undefined;
  const plan = stacks ? { ...planned, told: stacks.regions } : planned;
  if (plan.resumedAt === undefined) return keepFirst(artifacts, plan, 'plan', plan);
  await write(artifacts, plan, 'plan', plan);
  return plan;
}

/** Marks a build's plan: no candidate could judge the image. */
export async function markUnjudged(artifacts: Artifacts, plan: Plan): Promise<Plan> {
  const marked: Plan = { ...plan, unjudged: true };
  await write(artifacts, plan, 'plan', marked);
  return marked;
}

/** The plan that Resolve made, as the execution of the build reads it. @throws StageInputInvalid if there is none. */
export async function readPlan(
  artifacts: Artifacts,
  identity: BuildIdentity & Partial<Pick<RunningBuild, 'execution'>>,
): Promise<Plan> {
  const plan = await readDocument(artifacts, identity, 'plan');
  if (plan) return planOfExecution(plan, identity.execution?.id);
  throw new Failure(
    'StageInputInvalid',
    `there is no plan at s3://${artifacts.bucket}/${keyOf(identity, 'plan')}: Resolve did not run for this build`,
  );
}
