import * as z from 'zod/mini';
import { lookAtImage } from '../../aws/images.ts';
import { patience } from '../../core/patience.ts';
import { identity, lambda } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

/** Waits until EC2 has made the image; a large disk can take it hours. */
export const awaitImage = wait({
  name: 'AwaitImage',
  input: z.looseObject({ ...identity, ami: z.string() }),
  permissions: ['ec2:DescribeImages'],
  limit: () => patience.image,
  async look({ ami, since }, { aws, now }) {
    return lookAtImage(aws, aws.region, ami, 'ImageFailed', secondsSince(since, now()));
  },
});

export const handler = lambda(awaitImage);
