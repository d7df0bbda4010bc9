import * as z from 'zod/mini';
import { lookAtImage } from '../../aws/images.ts';
import { identity, lambda } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

/** Waits until the AMI of one target is available; EC2 promises no time for a copy between regions. */
export const awaitCopy = wait({
  name: 'AwaitCopy',
  input: z.looseObject({ ...identity, region: z.string(), ami: z.string() }),
  permissions: ['ec2:DescribeImages'],
  limit: () => 12 * 3600,
  async look({ region, ami, since }, { aws, now }) {
    return lookAtImage(aws, region, ami, 'CopyFailed', secondsSince(since, now()));
  },
});

export const handler = lambda(awaitCopy);
