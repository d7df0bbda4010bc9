import * as z from 'zod/mini';
import { withProgress } from '../../aws/images/image-progress.ts';
import { lookAtImage } from '../../aws/images/images.ts';
import { build, lambda } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

/** Waits until EC2 has made the image, which can take hours for a large disk. */
export const awaitImage = wait({
  name: 'AwaitImage',
  input: z.looseObject({ build, ami: z.string(), limit: z.number(), quickFor: z.number() }),
  permissions: ['ec2:DescribeImages', 'ec2:DescribeSnapshots'],
  limit: ({ limit }) => limit,
  quickFor: ({ quickFor }) => quickFor,
  async look({ build: own, ami, since, late }, { aws, now }) {
    const seen = await lookAtImage(aws, aws.region, ami, 'ImageFailed', secondsSince(since, now()));
    return late ? withProgress(aws, aws.region, own, 'image.timeout', seen) : seen;
  },
});

export const handler = lambda(awaitImage);
