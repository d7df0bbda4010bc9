import * as z from 'zod/mini';
import { removeExpiry } from '../../aws/images/expiry.ts';
import { demandImdsV2, grantLaunch } from '../../aws/images/image-attributes.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { grantVolumes } from '../../aws/images/snapshots.ts';
import { imagePermissions, observeImage } from '../../aws/work/targets.ts';
import { targetIn } from '../../core/distribute/distribution.ts';
import { Failure } from '../../core/errors.ts';
import { imageWrongs, refuseHopeless } from '../../core/distribute/target.ts';
import { lambda, maker, stage } from '../stage.ts';

/**
 * What a copy does not bring along: IMDSv2 and permissions; and an image that a failed build kept has an end no more. Every
 * snapshot first, then the AMI, so that whoever sees the AMI can use its disks. Granting again what is granted changes nothing. What can
 * never become right is shared with nobody.
 */
export const grantPermissions = stage({
  name: 'GrantPermissions',
  input: z.strictObject({ ...maker, region: z.string(), ami: z.string() }),
  permissions: [
    's3:GetObject',
    ...imagePermissions,
    'ec2:DeleteTags',
    'ec2:ModifyImageAttribute',
    'ec2:ModifySnapshotAttribute',
  ],
  async run({ region, ami, execution, ...build }, cloud) {
    const { aws } = cloud;
    const plan = await readOwnPlan(cloud, build, execution);
    const target = targetIn(plan, region);
    const observed = await observeImage(aws, plan, target, ami);
    const { image } = observed;
    // EC2 may show what it showed before: pending, or not at all.
    if (image?.state !== 'available' || image.disks.some(({ snapshot }) => !snapshot)) {
      throw new Failure('AwsTransient', `EC2 in ${region} does not show all of ${ami} although it was available`);
    }
    refuseHopeless(imageWrongs(plan, target, observed));
    const snapshots = image.disks.flatMap(({ snapshot }) => snapshot ?? []);
    // Not only where the tag is seen: EC2 may show what it showed before.
    if (plan.document.onFailure === 'keep-image' || plan.resumedAt)
      await removeExpiry(aws, region, [ami, ...snapshots]);
    if (plan.document.image.imds === 'v2' && !image.imdsV2) await demandImdsV2(aws, region, ami);
    for (const snapshot of snapshots) await grantVolumes(aws, region, snapshot, target.accounts);
    await grantLaunch(aws, region, ami, target);
    return { region, ami, snapshots };
  },
});

export const handler = lambda(grantPermissions);
