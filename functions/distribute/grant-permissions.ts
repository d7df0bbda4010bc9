import * as z from 'zod/mini';
import { removeExpiry } from '../../aws/images/expiry.ts';
import { demandImdsV2, grantLaunch } from '../../aws/images/image-attributes.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { grantVolumes } from '../../aws/images/snapshots.ts';
import { availableImage, imagePermissions, observeKeys } from '../../aws/work/targets.ts';
import { targetIn } from '../../core/distribute/distribution.ts';
import { lastingWrongs, type ReadyImage } from '../../core/distribute/lasting.ts';
import { refuseHopeless } from '../../core/distribute/target.ts';
import { buildReference, lambda, stage } from '../stage.ts';

const hasDisks = (value: unknown) => Array.isArray((value as { disks?: unknown } | null)?.disks);

/**
 * Sets what CopyImage does not copy: IMDSv2 and permissions. Removes the expiry of an image that a failed build kept. Snapshots
 * come before the AMI, so that every account that sees the AMI can use its disks. Repeating a grant changes nothing. A target
 * that can never become right is not shared. AwaitCopy hands on what never changes of an available AMI.
 */
export const grantPermissions = stage({
  name: 'GrantPermissions',
  input: z.strictObject({
    build: buildReference,
    region: z.string(),
    copy: z.looseObject({ ami: z.string(), ready: z.optional(z.custom<ReadyImage>(hasDisks)) }),
  }),
  permissions: [
    's3:GetObject',
    ...imagePermissions,
    'ec2:DeleteTags',
    'ec2:ModifyImageAttribute',
    'ec2:ModifySnapshotAttribute',
  ],
  async run({ build: own, region, copy: { ami, ready } }, cloud) {
    const { aws } = cloud;
    const plan = await readOwnPlan(cloud, own);
    const target = targetIn(plan, region);
    const image = ready ?? (await availableImage(aws, region, ami));
    refuseHopeless(lastingWrongs(plan, target, await observeKeys(aws, plan, target, image)));
    const snapshots = image.disks.flatMap(({ snapshot }) => snapshot ?? []);
    // Even if the tag is not seen: EC2 may show an older state.
    if (plan.document.onFailure === 'keep-image' || plan.resumedAt)
      await removeExpiry(aws, region, [ami, ...snapshots]);
    if (plan.document.image.imds === 'v2' && !image.imdsV2) await demandImdsV2(aws, region, ami);
    for (const snapshot of snapshots) await grantVolumes(aws, region, snapshot, target.accounts);
    await grantLaunch(aws, region, ami, target);
    return { region, ami, snapshots };
  },
});

export const handler = lambda(grantPermissions);
