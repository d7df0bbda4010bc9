import * as z from 'zod/mini';
import { withProgress } from '../../aws/images/image-progress.ts';
import { lookAtImage } from '../../aws/images/images.ts';
import { build, lambda } from '../stage.ts';
import { secondsSince, wait } from '../wait.ts';

/** Waits until the AMI of one target is available. EC2 guarantees no time for a copy between regions. */
export const awaitCopy = wait({
  name: 'AwaitCopy',
  input: z.looseObject({ build, region: z.string(), ami: z.string(), limit: z.number(), quickFor: z.number() }),
  permissions: ['ec2:DescribeImages', 'ec2:DescribeSnapshots'],
  limit: ({ limit }) => limit,
  quickFor: ({ quickFor }) => quickFor,
  async look({ build: own, region, ami, since, late }, { aws, now }) {
    const seen = await lookAtImage(aws, region, ami, 'CopyFailed', secondsSince(since, now()));
    return late ? withProgress(aws, region, own, "the target's timeout", seen) : seen;
  },
});

export const handler = lambda(awaitCopy);
