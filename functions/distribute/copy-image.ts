import * as z from 'zod/mini';
import { copyImage as copy } from '../../aws/images/image-making.ts';
import { findImagesIn } from '../../aws/images/images.ts';
import { copyRequest, tryCopy } from '../../aws/work/trials.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { isCrowded } from '../../aws/work/region-look.ts';
import { awaitedCopy, isTold } from '../../core/build/awaited.ts';
import { isFirstTry } from '../../core/start/first-try.ts';
import { needsCopy, targetIn } from '../../core/distribute/distribution.ts';
import { imageNameIn } from '../../core/distribute/image-name.ts';
import { placeName, onlyPlace } from '../../core/distribute/place.ts';
import { Failure } from '../../core/errors.ts';
import { buildReference, inputPlace, lambda, stage } from '../stage.ts';
import { trial } from '../stage-of-plan.ts';

/**
 * Provides the image in one target: the AMI itself as the image of the pipeline's own region, a copy in all other targets. CopyImage accepts a
 * name twice. The state therefore asks for the copy under a token that always means the same copy. It looks for the copy first
 * if the build was started again, or an hour ago.
 */
export const copyImage = stage({
  name: 'CopyImage',
  input: z.union([z.strictObject({ build: buildReference, ...inputPlace, ami: z.string() }), trial]),
  permissions: ['s3:GetObject', 's3:ListBucket', 'ec2:DescribeImages', 'ec2:CopyImage', 'ec2:CreateTags'],
  async run(input, cloud): Promise<object> {
    if ('rehearsal' in input) return tryCopy(cloud.aws, input);
    const { build: own, ami } = input;
    const plan = await readOwnPlan(cloud, own);
    const at = onlyPlace(input);
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
    const { since, wait } = awaited('now');
    const [copied, shared] = await Promise.all([
      copy(cloud.aws, copyRequest(plan, { ...at, ami }, copies.length)),
      !isTold(plan, target) && isCrowded(cloud, at.region),
    ]);
    return { ami: copied, since, wait: { ...wait, ...(shared && { shared: true as const }) } };
  },
});

export const handler = lambda(copyImage);
