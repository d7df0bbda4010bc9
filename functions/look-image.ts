import * as z from 'zod/mini';
import { withProgress } from '../aws/images/image-progress.ts';
import { lookAtImage, type AvailableImage } from '../aws/images/images.ts';
import { lookAtCopies } from '../aws/images/rivals.ts';
import { Failure } from '../core/errors.ts';
import { freshFor } from '../core/memory/shared-look.ts';
import { buildReference } from './stage.ts';
import { secondsSince, waitBounds, type Wait } from './wait.ts';

const input = z.looseObject({
  build: buildReference,
  region: z.optional(z.string()),
  ami: z.string(),
  /** A second copy, which races a slow one. */
  rival: z.nullish(z.string()),
  /** Seconds after which the second copy is begun. */
  race: z.nullish(z.number()),
  wait: waitBounds,
});

/** Waits until an AMI is available: the image in the pipeline's own region, or the copy in a target's. Both can take hours. */
export const imageLook = (name: 'AwaitImage' | 'AwaitCopy'): Wait<z.infer<typeof input>, AvailableImage> => ({
  name,
  input,
  permissions: [
    'ec2:DescribeImages',
    'ec2:DescribeSnapshots',
    ...(name === 'AwaitCopy' ? ['s3:GetObject', 's3:ListBucket'] : []),
  ],
  bounds: (event) => event.wait,
  awaits: ({ region, ami, rival }, home) => ({ kind: 'image', region: region ?? home, id: rival ?? ami }),
  async look({ build: own, region: target, ami, rival, race, since, late, woken, wait: bounds }, cloud) {
    const { aws, now } = cloud;
    const region = target ?? aws.region;
    const waited = secondsSince(since, now());
    const isSlow = typeof race === 'number' && !rival && !woken && !late && waited >= race;
    if (bounds.shared && !late && !woken && !isSlow && !rival) {
      const { isPendingByShared } = await import('../aws/work/region-look.ts');
      if (await isPendingByShared(cloud, { region, ami, since }, freshFor(bounds, waited), now()))
        return { waiting: `${ami} in ${region} is pending` };
    }
    const seen =
      name === 'AwaitImage'
        ? await lookAtImage(aws, region, ami, 'ImageFailed', waited)
        : await lookAtCopies(aws, region, rival ? [ami, rival] : [ami], waited);
    if (isSlow && 'waiting' in seen) throw new Failure('CopySlow', `${seen.waiting} after ${Math.round(waited)} s`);
    const key = name === 'AwaitImage' ? 'image.timeout' : "the target's timeout";
    return late ? withProgress(aws, region, own, key, seen) : seen;
  },
});
