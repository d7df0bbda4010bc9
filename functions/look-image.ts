import * as z from 'zod/mini';
import { withProgress } from '../aws/images/image-progress.ts';
import { lookAtImage, type AvailableImage } from '../aws/images/images.ts';
import { freshFor } from '../core/memory/shared-look.ts';
import { buildReference } from './stage.ts';
import { secondsSince, waitBounds, type Wait } from './wait.ts';

const input = z.looseObject({
  build: buildReference,
  region: z.optional(z.string()),
  ami: z.string(),
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
  awaits: ({ region, ami: id }, home) => ({ kind: 'image', region: region ?? home, id }),
  async look({ build: own, region: target, ami, since, late, woken, wait: bounds }, { aws, bucket, now }) {
    const region = target ?? aws.region;
    const waited = secondsSince(since, now());
    if (bounds.shared && !late && !woken) {
      const { isPendingByShared } = await import('../aws/work/region-look.ts');
      if (await isPendingByShared({ aws, bucket }, { region, ami, since }, freshFor(bounds, waited), now()))
        return { waiting: `${ami} in ${region} is pending` };
    }
    const failure = name === 'AwaitImage' ? 'ImageFailed' : 'CopyFailed';
    const seen = await lookAtImage(aws, region, ami, failure, waited);
    const key = name === 'AwaitImage' ? 'image.timeout' : "the target's timeout";
    return late ? withProgress(aws, region, own, key, seen) : seen;
  },
});
