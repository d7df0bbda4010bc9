import * as z from 'zod/mini';
import { copyImage as copy } from '../../aws/images/image-making.ts';
import { findImagesIn } from '../../aws/images/images.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { isCrowded } from '../../aws/work/region-look.ts';
import { awaitedCopy, isTold } from '../../core/build/awaited.ts';
import { isFirstTry } from '../../core/start/first-try.ts';
import { copyToken, needsCopy, targetIn } from '../../core/distribute/distribution.ts';
import { imageNameIn } from '../../core/distribute/image-name.ts';
import { placeName, onlyPlace } from '../../core/distribute/place.ts';
import { Failure } from '../../core/errors.ts';
import { imageTags } from '../../core/build/plan.ts';
import { buildReference, inputPlace, lambda, stage } from '../stage.ts';

/**
 * Provides the image in one target: the AMI itself as the image of the pipeline's own region, a copy in all other targets. CopyImage accepts a
 * name twice. The state therefore asks for the copy under a token that always means the same copy. It looks for the copy first
 * if the build was started again, or an hour ago.
 */
export const copyImage = stage({
  name: 'CopyImage',
  input: z.strictObject({ build: buildReference, ...inputPlace, ami: z.string() }),
  permissions: ['s3:GetObject', 's3:ListBucket', 'ec2:DescribeImages', 'ec2:CopyImage', 'ec2:CreateTags'],
  async run({ build: own, ami, ...input }, cloud) {
    const plan = await readOwnPlan(cloud, own);
    const at = onlyPlace(input);
    const { region } = at;
    const target = targetIn(plan, at);
    const awaited = (begun: 'now' | 'before') => awaitedCopy(plan, target, cloud.now(), begun);
    if (!needsCopy(plan, at)) return { ami, ...awaited('before') };
    const first = isFirstTry(plan, own.execution, cloud.now());
    const copies = first ? [] : await findImagesIn(cloud.aws, at, own);
    const usable = copies.filter(({ state }) => /^(pending|available)$/.test(state));
    if (usable.length > 1) {
      const ids = usable.map((image) => image.ami).join(', ');
      throw new Failure(
        'TwinFound',
        `${ids} all claim to be ${imageNameIn(plan, target)} in ${placeName(at)}; deregister all but one, then start the build again`,
      );
    }
    if (usable[0]) return { ami: usable[0].ami, ...awaited('before') };
    const request = {
      region,
      from: { region: plan.adds?.from.region ?? plan.region, ami },
      name: imageNameIn(plan, target),
      description: plan.document.description,
      token: copyToken(plan, at, ami, copies.length),
      kmsKey: target.kmsKey,
      tags: imageTags(plan, target),
    };
    const { since, wait } = awaited('now');
    const [copied, shared] = await Promise.all([
      copy(cloud.aws, request),
      !isTold(plan, target) && isCrowded(cloud, region),
    ]);
    return { ami: copied, since, wait: { ...wait, ...(shared && { shared: true as const }) } };
  },
});

export const handler = lambda(copyImage);
