import * as z from 'zod/mini';
import { removeExpiry } from '../../aws/images/expiry.ts';
import { demandImdsV2 } from '../../aws/images/image-attributes.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import {
  changePermissions,
  changingPermissions,
  readingPermissions,
  readPermissions,
} from '../../aws/work/permissions.ts';
import { tryGrants } from '../../aws/work/trials.ts';
import { availableImage, imagePermissions, observeKeys } from '../../aws/work/targets.ts';
import { targetIn } from '../../core/distribute/distribution.ts';
import { onlyPlace } from '../../core/distribute/place.ts';
import { changesOf, wantedOf } from '../../core/distribute/permissions.ts';
import { isMadeHere } from '../../core/start/first-try.ts';
import { lastingWrongs, type ReadyImage } from '../../core/distribute/lasting.ts';
import { refuseHopeless } from '../../core/distribute/target.ts';
import { buildReference, inputPlace, lambda, stage } from '../stage.ts';
import { trial } from '../stage-of-plan.ts';
import { snapshotsOf } from '../../core/launch/source.ts';

const hasDisks = (value: unknown) => Array.isArray((value as { disks?: unknown } | null)?.disks);
const copy = z.looseObject({ ami: z.string(), ready: z.optional(z.custom<ReadyImage>(hasDisks)) });

/**
 * Sets what CopyImage does not copy: IMDSv2 and permissions. Removes the expiry of an image that a failed build kept. Exactly the
 * users of the recipe's list may use image and snapshots afterwards. An image that this execution made has no users yet, so only
 * that of an earlier execution is read. A target that can never become right is not shared. AwaitCopy hands on what never changes
 * of an available AMI.
 */
export const grantPermissions = stage({
  name: 'GrantPermissions',
  input: z.union([z.strictObject({ build: buildReference, ...inputPlace, copy }), trial]),
  permissions: ['s3:GetObject', ...imagePermissions, ...readingPermissions, ...changingPermissions, 'ec2:DeleteTags'],
  async run(input, cloud): Promise<object> {
    const { aws } = cloud;
    if ('rehearsal' in input) return tryGrants(aws, input);
    const { ami, ready } = input.copy;
    const own = input.build;
    const plan = await readOwnPlan(cloud, own);
    const at = onlyPlace(input);
    const { region } = at;
    const target = targetIn(plan, at);
    const image = ready ?? (await availableImage(aws, region, ami));
    refuseHopeless(lastingWrongs(plan, target, await observeKeys(aws, plan, target, image)));
    const snapshots = snapshotsOf(image);
    // Even if the tag is not seen: EC2 may show an older state.
    if (plan.document.onFailure !== 'remove' || plan.resumedAt) await removeExpiry(aws, region, [ami, ...snapshots]);
    if (plan.document.image.imds === 'v2' && !image.imdsV2) await demandImdsV2(aws, region, ami);
    const copied = { ...at, ami, snapshots };
    const found = isMadeHere(plan, own.execution) ? undefined : await readPermissions(aws, copied);
    // A recipe may name the pipeline's own account, which needs no permission.
    await changePermissions(aws, copied, changesOf(copied, wantedOf(target), undefined, found));
    return copied;
  },
});

export const handler = lambda(grantPermissions);
