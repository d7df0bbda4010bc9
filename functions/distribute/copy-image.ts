import * as z from 'zod/mini';
import { copyImage as copy } from '../../aws/images/image-making.ts';
import { findBuildImages } from '../../aws/images/images.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { awaitedCopy } from '../../core/build/awaited.ts';
import { isFirstTry } from '../../core/start/first-try.ts';
import { copyToken, needsCopy, targetIn } from '../../core/distribute/distribution.ts';
import { Failure } from '../../core/errors.ts';
import { imageTags } from '../../core/build/plan.ts';
import { buildReference, lambda, stage } from '../stage.ts';

/**
 * Provides the image in one target region: the AMI itself in the pipeline's own region, a copy elsewhere. CopyImage accepts a
 * name twice. The state therefore asks for the copy under a token that always means the same copy. It looks for the copy first
 * if the build was started again, or an hour ago.
 */
export const copyImage = stage({
  name: 'CopyImage',
  input: z.strictObject({ build: buildReference, region: z.string(), ami: z.string() }),
  permissions: ['s3:GetObject', 'ec2:DescribeImages', 'ec2:CopyImage', 'ec2:CreateTags'],
  async run({ build: own, region, ami }, cloud) {
    const plan = await readOwnPlan(cloud, own);
    const target = targetIn(plan, region);
    const awaited = (begun: 'now' | 'before') => awaitedCopy(plan, target, cloud.now(), begun);
    if (!needsCopy(plan, region)) return { ami, ...awaited('before') };
    const first = isFirstTry(plan, own.execution, cloud.now());
    const copies = first ? [] : await findBuildImages(cloud.aws, region, own);
    const usable = copies.filter(({ state }) => /^(pending|available)$/.test(state));
    if (usable.length > 1) {
      const ids = usable.map((image) => image.ami).join(', ');
      throw new Failure(
        'TwinFound',
        `${ids} in ${region} all claim to be ${plan.image}; deregister all but one, then start the build again`,
      );
    }
    if (usable[0]) return { ami: usable[0].ami, ...awaited('before') };
    const request = {
      region,
      from: { region: plan.region, ami },
      name: plan.image,
      description: plan.document.description,
      token: copyToken(plan, region, ami, copies.length),
      kmsKey: target.kmsKey,
      tags: imageTags(plan),
    };
    const since = awaited('now');
    return { ami: await copy(cloud.aws, request), ...since };
  },
});

export const handler = lambda(copyImage);
