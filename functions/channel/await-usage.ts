import * as z from 'zod/mini';
import { hitsOn } from '../../aws/usage/hits.ts';
import { askPermission, usersPermissions } from '../../aws/usage/usage-permissions.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { patience } from '../../core/build/limits.ts';
import { lambda } from '../stage.ts';
import { askedBy, plannedMoves, revokedBuilds } from '../stage-of-move.ts';
import { wait } from '../wait.ts';

const nowhere = { hitsOnCopies: async () => ({ images: [], more: 0, underway: [] }) };

/**
 * Tells who uses the images of a revoke: other accounts by EC2's usage reports, launch templates, parameters. A plan waits a while
 * for the reports, since a person reads it. A revoke itself waits for nothing: a missing report is told as unknown.
 */
export const awaitUsage = wait({
  name: 'AwaitUsage',
  input: z.looseObject({ builds: revokedBuilds, moves: plannedMoves, asked: askedBy, planOnly: z.boolean() }),
  permissions: [...usersPermissions, askPermission, 's3:GetObject', 'sts:AssumeRole'],
  bounds: ({ planOnly }) => ({ ...fixedWaits.AwaitUsage, limit: planOnly ? patience.usage : 0 }),
  async look({ builds, moves, asked, late }, cloud) {
    const all = builds.flatMap((one) => one.images);
    const images = all.filter(({ account }) => account === undefined);
    const channels = moves.map(({ parameter }) => parameter);
    const now = cloud.now();
    const by = { verb: 'revoke', who: asked.who };
    // Loaded where it is needed: few recipes have copies in other accounts.
    const { hitsOnCopies } = all.length > images.length ? await import('../../aws/usage/copy-hits.ts') : nowhere;
    const [own, others] = await Promise.all([
      hitsOn(cloud.aws, { images, channels, now }),
      hitsOnCopies(cloud, builds, { channels, now, by }),
    ]);
    const underway = [...own.underway, ...others.underway];
    if (underway.length > 0 && !late) return { waiting: `EC2 is making usage reports of ${underway.join(', ')}` };
    return { done: { images: [...own.images, ...others.images], more: own.more + others.more } };
  },
});

export const handler = lambda(awaitUsage);
