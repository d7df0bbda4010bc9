import * as z from 'zod/mini';
import { awaitOthers as lookAtOthers } from '../../aws/variants/together.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { buildReference, lambda } from '../stage.ts';
import { wait, type LookResult } from '../wait.ts';

/**
 * Waits until the other variants of the recipe are verified, too, since all are published together or none. Hands on the time, from
 * which Publish counts.
 */
export const awaitOthers = wait({
  name: 'AwaitOthers',
  input: z.looseObject({ build: buildReference }),
  permissions: ['s3:GetObject', 's3:PutObject', 'states:DescribeExecution'],
  bounds: () => fixedWaits.AwaitOthers,
  async look({ build: own }, cloud): Promise<LookResult<string>> {
    const waiting = await lookAtOthers(cloud, own, 'verified');
    return waiting === undefined ? { done: cloud.now().toISOString() } : { waiting };
  },
});

export const handler = lambda(awaitOthers);
