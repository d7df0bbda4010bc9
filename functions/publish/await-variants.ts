import * as z from 'zod/mini';
import { executionHistory } from '../../aws/executions/executions.ts';
import { write } from '../../aws/memory/documents.ts';
import { lookAtVariants } from '../../aws/variants/ends.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { timingsOf } from '../../core/build/timings.ts';
import { manifestOfVariants, type EndOfAll } from '../../core/variants/end.ts';
import { buildReference, lambda } from '../stage.ts';
import { wait, type LookResult } from '../wait.ts';

/**
 * Waits for the builds of all variants of a recipe, which Resolve has started. They publish by themselves, together. Then writes the
 * manifest, which names them.
 */
export const awaitVariants = wait({
  name: 'AwaitVariants',
  input: z.looseObject({ build: buildReference }),
  permissions: ['s3:GetObject', 's3:PutObject', 'states:DescribeExecution', 'states:GetExecutionHistory'],
  bounds: () => fixedWaits.AwaitVariants,
  async look({ build: own }, cloud): Promise<LookResult<EndOfAll>> {
    const seen = await lookAtVariants(cloud, own);
    if (seen.waiting !== undefined) return seen;
    const timings = timingsOf(await executionHistory(cloud.aws, own.execution.id));
    await write(cloud, own, 'manifest', manifestOfVariants(seen.ended, timings));
    return { done: seen.ended };
  },
});

export const handler = lambda(awaitVariants);
