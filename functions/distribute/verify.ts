import * as z from 'zod/mini';
import { readPlan } from '../../aws/memory/plans.ts';
import { judgeAccountCopy, judgeTargets, type Judged } from '../../aws/verify/judge-targets.ts';
import { readingPermissions } from '../../aws/work/permissions.ts';
import { imagePermissions } from '../../aws/work/targets.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { refuseIncomplete, type TargetResult } from '../../core/distribute/distribution.ts';
import { targetName } from '../../core/accounts/account-copies.ts';
import { buildReference, caughtError, inputAccountPlace, inputPlace, lambda } from '../stage.ts';
import { wait } from '../wait.ts';

const outcome = {
  ami: z.optional(z.string()),
  snapshots: z.optional(z.array(z.string())),
  failure: z.optional(caughtError),
};

/**
 * The barrier before Publish: reads every target back, and lets the build go on only if all required targets are right, with their
 * copies in other accounts. A target may only look wrong, because a permission can take minutes to show. It is looked at again for
 * `patienceSeconds`. A target that can never become right ends the build at once.
 */
export const verify = wait({
  name: 'Verify',
  input: z.looseObject({
    build: buildReference,
    distribution: z.array(z.strictObject({ ...inputPlace, ...outcome })),
    intoAccounts: z.array(z.strictObject({ ...inputAccountPlace, ...outcome })),
    patienceSeconds: z.number(),
  }),
  permissions: ['s3:GetObject', 'sts:AssumeRole', ...imagePermissions, ...readingPermissions],
  bounds: ({ patienceSeconds }) => ({ ...fixedWaits.Verify, limit: patienceSeconds }),
  async look({ build: own, distribution, intoAccounts, late }, { aws, bucket, now }) {
    const plan = await readPlan({ aws, bucket }, own);
    const { here, first } = await judgeTargets(aws, plan, distribution);
    const there = await Promise.all(intoAccounts.map((one) => judgeAccountCopy(aws, plan, one, first)));
    const seen: Judged<TargetResult & { account?: string }>[] = [...here, ...there];
    refuseIncomplete(
      plan,
      seen.flatMap(({ hopeless, result }) => (hopeless ? [result] : [])),
    );
    const behind = seen.filter(({ hopeless, result: { error } }) => !hopeless && error !== undefined);
    if (behind.length > 0 && !late)
      return { waiting: behind.map(({ result }) => `${targetName(result)}: ${result.error}`).join('\n') };
    refuseIncomplete(
      plan,
      seen.map(({ result }) => result),
    );
    const [targets, copiedTo] = [here.map(({ result }) => result), there.map(({ result }) => result)];
    return { done: { targets, copiedTo, verifiedAt: now().toISOString() } };
  },
});

export const handler = lambda(verify);
