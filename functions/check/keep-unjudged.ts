import * as z from 'zod/mini';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { markUnjudged } from '../../aws/memory/plans.ts';
import { buildReference, lambda, stage } from '../stage.ts';

/**
 * Marks a build for which no candidate could be launched. No check has judged its image, so the clean-up keeps the image
 * and its finished copies.
 */
export const keepUnjudged = stage({
  name: 'KeepUnjudged',
  input: z.strictObject({ build: buildReference }),
  permissions: ['s3:GetObject', 's3:PutObject'],
  async run({ build: own }, cloud) {
    return { unjudged: (await markUnjudged(cloud, await readOwnPlan(cloud, own))).unjudged };
  },
});

export const handler = lambda(keepUnjudged);
