import type { ExecutionReference } from '../../core/build/identity.ts';
import { isRefusal } from '../../core/errors.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import { failedBuild, withFailure } from '../../core/build/record.ts';
import type { Artifacts } from './artifacts.ts';
import { changeRecord, recordPublished } from './recipe-records.ts';

/**
 * Records the end of a build that failed or died in the recipe's record. The image may have been published before. A refused
 * build does not count against the recipe, nor does one that failed because another variant did.
 * @param plan Absent if the build was never planned: then its request identifies it.
 */
export async function recordEnd(
  cloud: Artifacts & { now: () => Date; catalog: () => Promise<Catalog> },
  { recipe, build, status, failure, timings }: Manifest,
  plan: Plan | undefined,
  asked: { input: unknown; execution: ExecutionReference },
): Promise<void> {
  if (plan && status === 'published') return void (await recordPublished(cloud, plan, cloud.now(), timings, []));
  if (failure && (isRefusal(failure.error) || failure.error === 'VariantFailed')) return;
  const known = plan ?? (await requestOf(asked, cloud));
  if (!known) return;
  const { error = 'unknown', state } = failure ?? {};
  const failed = failedBuild(known, { build, error, state, at: cloud.now().toISOString() });
  await changeRecord(cloud, recipe, (record) => withFailure(record, failed));
}

// Loaded only if a build failed before it was planned, which is rare.
const requestOf = async (
  { input, execution }: { input: unknown; execution: ExecutionReference },
  { catalog }: { catalog: () => Promise<Catalog> },
) => (await import('../../core/start/execution-input.ts')).requestDigest(input, execution, await catalog());
