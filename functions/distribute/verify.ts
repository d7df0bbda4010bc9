import * as z from 'zod/mini';
import { readPlan } from '../../aws/memory/plans.ts';
import { readingPermissions } from '../../aws/work/permissions.ts';
import { imagePermissions, observeTarget } from '../../aws/work/targets.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { fewOf, refuseIncomplete, targetIn, type TargetResult } from '../../core/distribute/distribution.ts';
import { failureBrief } from '../../core/report/failure.ts';
import { completionOf } from '../../core/distribute/lasting.ts';
import { targetWrongs } from '../../core/distribute/target.ts';
import { buildReference, caughtError, lambda } from '../stage.ts';
import { wait } from '../wait.ts';

const result = z.strictObject({
  region: z.string(),
  ami: z.optional(z.string()),
  snapshots: z.optional(z.array(z.string())),
  failure: z.optional(caughtError),
});

/**
 * The barrier before Publish: reads every target back, and lets the build go on only if all required targets are right. A target
 * may only look wrong, because a permission can take minutes to show. It is looked at again for `patienceSeconds`. A target that
 * can never become right ends the build at once.
 */
export const verify = wait({
  name: 'Verify',
  input: z.looseObject({ build: buildReference, distribution: z.array(result), patienceSeconds: z.number() }),
  permissions: ['s3:GetObject', ...imagePermissions, ...readingPermissions],
  bounds: ({ patienceSeconds }) => ({ ...fixedWaits.Verify, limit: patienceSeconds }),
  async look({ build: own, distribution, late }, { aws, bucket, now }) {
    const plan = await readPlan({ aws, bucket }, own);
    const seen = await Promise.all(
      distribution.map(async ({ region, ami, snapshots, failure }) => {
        if (failure) return { hopeless: true, result: { region, error: failureBrief(failure) } as TargetResult };
        const target = targetIn(plan, region);
        const observed = await observeTarget(aws, plan, target, ami ?? '');
        const wrongs = targetWrongs(plan, target, observed);
        const hopeless = wrongs.filter(({ forGood }) => forGood);
        const told = (hopeless.length > 0 ? hopeless : wrongs).map(({ says }) => says);
        const error = told.length > 0 ? fewOf(told, '; ') : undefined;
        const completedAt = completionOf(observed);
        const outcome: TargetResult = { region, ami, snapshots, completedAt, ...(error !== undefined && { error }) };
        return { hopeless: hopeless.length > 0, result: outcome };
      }),
    );
    const targets = seen.map((one) => one.result);
    refuseIncomplete(
      plan,
      targets.filter((_, index) => seen[index]?.hopeless),
    );
    const behind = seen.filter(({ hopeless, result: { error } }) => !hopeless && error !== undefined);
    if (behind.length > 0 && !late)
      return { waiting: behind.map(({ result: { region, error } }) => `${region}: ${error}`).join('\n') };
    refuseIncomplete(plan, targets);
    return { done: { targets, verifiedAt: now().toISOString() } };
  },
});

export const handler = lambda(verify);
