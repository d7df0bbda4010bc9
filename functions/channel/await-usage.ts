import * as z from 'zod/mini';
import { hitsOn } from '../../aws/usage/hits.ts';
import { askPermission, usersPermissions } from '../../aws/usage/image-usage.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { patience } from '../../core/build/limits.ts';
import { lambda } from '../stage.ts';
import { plannedMoves, revokedBuilds } from '../stage-of-move.ts';
import { wait } from '../wait.ts';

/**
 * Tells who uses the images of a revoke: other accounts by EC2's usage reports, launch templates, parameters. A plan waits a while
 * for the reports, since a person reads it. A revoke itself waits for nothing: a missing report is told as unknown.
 */
export const awaitUsage = wait({
  name: 'AwaitUsage',
  input: z.looseObject({ builds: revokedBuilds, moves: plannedMoves, planOnly: z.boolean() }),
  permissions: [...usersPermissions, askPermission],
  bounds: ({ planOnly }) => ({ ...fixedWaits.AwaitUsage, limit: planOnly ? patience.usage : 0 }),
  async look({ builds, moves, late }, cloud) {
    // EC2 shows an account only who uses its own images.
    const images = builds.flatMap((one) => one.images).filter(({ account }) => account === undefined);
    const channels = moves.map(({ parameter }) => parameter);
    const { underway, ...hits } = await hitsOn(cloud.aws, { images, channels, now: cloud.now() });
    if (underway.length === 0 || late) return { done: hits };
    return { waiting: `EC2 is making usage reports of ${underway.join(', ')}` };
  },
});

export const handler = lambda(awaitUsage);
