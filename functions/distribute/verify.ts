import * as z from 'zod/mini';
import { readPlan } from '../../aws/memory/plans.ts';
import { readingPermissions } from '../../aws/work/permissions.ts';
import { imagePermissions, observeTarget } from '../../aws/work/targets.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { needsCopy, refuseIncomplete, targetIn, type TargetResult } from '../../core/distribute/distribution.ts';
import { placeName, onlyPlace } from '../../core/distribute/place.ts';
import { failureBrief } from '../../core/report/failure.ts';
import { completionOf } from '../../core/distribute/lasting.ts';
import { judged } from '../../core/distribute/target.ts';
import { verifyWrongs } from '../../core/publish/watermark.ts';
import { buildReference, caughtError, inputPlace, lambda } from '../stage.ts';
import { wait } from '../wait.ts';

const result = z.strictObject({
  ...inputPlace,
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
    const looked = await Promise.all(
      distribution.map(async ({ ami = '', failure, ...found }) => {
        const target = targetIn(plan, onlyPlace(found));
        return { target, observed: failure ? undefined : await observeTarget(aws, plan, target, ami) };
      }),
    );
    const first = looked.find(({ target }) => !needsCopy(plan, target))?.observed?.image;
    const seen = distribution.map(({ ami, snapshots, failure, ...found }, index) => {
      const [at, { target, observed }] = [onlyPlace(found), looked[index] as (typeof looked)[number]];
      if (failure || !observed)
        return { hopeless: true, result: { ...at, error: failure && failureBrief(failure) } as TargetResult };
      const wrongs = verifyWrongs(plan, target, observed, first);
      return judged(wrongs, { ...at, ami, snapshots, completedAt: completionOf(observed) });
    });
    const targets = seen.map((one) => one.result);
    const lost = targets.filter((_, index) => seen[index]?.hopeless);
    refuseIncomplete(plan, lost);
    const behind = seen.filter(({ hopeless, result: { error } }) => !hopeless && error !== undefined);
    if (behind.length > 0 && !late)
      return { waiting: behind.map(({ result: { error, ...at } }) => `${placeName(at)}: ${error}`).join('\n') };
    refuseIncomplete(plan, targets);
    return { done: { targets, verifiedAt: now().toISOString() } };
  },
});

export const handler = lambda(verify);
