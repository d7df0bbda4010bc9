import * as z from 'zod/mini';
import { readPlan } from '../../aws/artifacts.ts';
import { observeTarget } from '../../aws/targets.ts';
import { fewOf, refuseIncomplete, targetIn, targetProblems, type TargetResult } from '../../core/distribution.ts';
import { failureBrief } from '../../core/failure.ts';
import { caughtError, identity, lambda } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

const result = z.strictObject({
  region: z.string(),
  ami: z.optional(z.string()),
  snapshots: z.optional(z.array(z.string())),
  failure: z.optional(caughtError),
});

/**
 * The barrier: reads every target back, and lets the build go on to Publish only when all required ones are right. What is
 * not right may only not be seen yet: a permission can take minutes, so it is looked at again for `patienceSeconds`.
 */
export const verify = wait({
  name: 'Verify',
  input: z.looseObject({ ...identity, distribution: z.array(result), patienceSeconds: z.number() }),
  permissions: ['s3:GetObject', 'ec2:DescribeImages', 'ec2:DescribeImageAttribute', 'ec2:DescribeSnapshotAttribute'],
  limit: ({ patienceSeconds }) => 2 * patienceSeconds,
  async look({ distribution, patienceSeconds, recipe, build, since }, { aws, bucket, now }) {
    const plan = await readPlan({ aws, bucket }, { recipe, build });
    const targets = await Promise.all(
      distribution.map(async ({ region, ami, snapshots, failure }): Promise<TargetResult> => {
        if (failure) return { region, error: failureBrief(failure) };
        const problems = targetProblems(plan, targetIn(plan, region), await observeTarget(aws, region, ami ?? ''));
        return { region, ami, snapshots, ...(problems.length > 0 && { error: fewOf(problems, '; ') }) };
      }),
    );
    const behind = targets.filter(({ ami, error }) => ami !== undefined && error !== undefined);
    if (behind.length > 0 && secondsSince(since, now()) < patienceSeconds) {
      return { waiting: behind.map(({ region, error }) => `${region}: ${error}`).join('\n') };
    }
    refuseIncomplete(plan, targets);
    return { done: { targets, verifiedAt: now().toISOString() } };
  },
});

export const handler = lambda(verify);
