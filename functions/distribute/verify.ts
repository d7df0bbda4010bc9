import * as z from 'zod/mini';
import { readPlan } from '../../aws/artifacts.ts';
import { launchPermissions } from '../../aws/image-attributes.ts';
import { describeImage } from '../../aws/images.ts';
import { volumePermissions } from '../../aws/snapshots.ts';
import type { Connection } from '../../aws/connection.ts';
import {
  refuseIncomplete,
  targetIn,
  targetProblems,
  type TargetObserved,
  type TargetResult,
} from '../../core/distribution.ts';
import { failureMessage } from '../../core/failure.ts';
import { identity, lambda, stage } from '../stage.ts';

const nobody = { accounts: [], organizations: [], organizationalUnits: [] };

async function observe(aws: Connection, region: string, ami: string): Promise<TargetObserved> {
  const image = await describeImage(aws, region, ami);
  if (!image) return { image, sharing: nobody, snapshotAccounts: {} };
  const snapshots = image.disks.flatMap(({ snapshot }) => snapshot ?? []);
  const accounts = await Promise.all(
    snapshots.map(async (id) => [id, await volumePermissions(aws, region, id)] as const),
  );
  return { image, sharing: await launchPermissions(aws, region, ami), snapshotAccounts: Object.fromEntries(accounts) };
}

const result = z.strictObject({
  region: z.string(),
  ami: z.optional(z.string()),
  snapshots: z.optional(z.array(z.string())),
  failure: z.optional(z.looseObject({ Error: z.string(), Cause: z.optional(z.string()) })),
});

/** The barrier: reads every target back, and lets the build go on to Publish only when all required ones are right. */
export const verify = stage({
  name: 'Verify',
  input: z.strictObject({ ...identity, distribution: z.array(result) }),
  permissions: ['s3:GetObject', 'ec2:DescribeImages', 'ec2:DescribeImageAttribute', 'ec2:DescribeSnapshotAttribute'],
  async run({ distribution, ...build }, { aws, bucket }) {
    const plan = await readPlan({ aws, bucket }, build);
    const targets = await Promise.all(
      distribution.map(async ({ region, ami, snapshots, failure }): Promise<TargetResult> => {
        if (failure) return { region, error: `${failure.Error}: ${failureMessage(failure)}` };
        const problems = targetProblems(plan, targetIn(plan, region), await observe(aws, region, ami ?? ''));
        return { region, ami, snapshots, ...(problems.length > 0 && { error: problems.join('; ') }) };
      }),
    );
    refuseIncomplete(plan, targets);
    return { targets };
  },
});

export const handler = lambda(verify);
