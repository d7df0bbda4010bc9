import * as z from 'zod/mini';
import { readDocument } from '../../aws/memory/documents.ts';
import { readPlan } from '../../aws/memory/plans.ts';
import { readingPermissions } from '../../aws/work/permissions.ts';
import { imagePermissions, observeTarget } from '../../aws/work/targets.ts';
import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { fewOf, targetIn } from '../../core/distribute/distribution.ts';
import { placeName } from '../../core/distribute/place.ts';
import { moveWrongs } from '../../core/publish/watermark.ts';
import { asShared } from '../../core/share/build-sharing.ts';
import { Failure } from '../../core/errors.ts';
import { lambda } from '../stage.ts';
import { wait } from '../wait.ts';
import { plannedMoves } from '../stage-of-move.ts';

/**
 * Reads back every target of the build that a channel moves to, exactly as Verify does before a publish: images, keys, tags and
 * permissions. What only looks wrong is looked at again for `patienceSeconds`.
 */
export const verifyMove = wait({
  name: 'VerifyMove',
  input: z.looseObject({ moves: plannedMoves, patienceSeconds: z.number() }),
  permissions: ['s3:GetObject', ...imagePermissions, ...readingPermissions],
  bounds: ({ patienceSeconds }) => ({ ...fixedWaits.VerifyMove, limit: patienceSeconds }),
  async look({ moves, late }, cloud) {
    const wrongsOf = async ({ recipe, move: { to, after } }: PlannedMove) => {
      const about = { recipe, build: to.build };
      const [plan, shared] = await Promise.all([readPlan(cloud, about), readDocument(cloud, about, 'sharing')]);
      return Promise.all(
        after.map(async ({ ami, ...at }) => {
          const target = asShared(targetIn(plan, at), shared);
          const wrongs = moveWrongs(plan, target, await observeTarget(cloud.aws, plan, target, ami));
          return { where: `${recipe}-${to.build} in ${placeName(at)}`, wrongs };
        }),
      );
    };
    const seen = (await Promise.all(moves.map(wrongsOf))).flat().filter(({ wrongs }) => wrongs.length > 0);
    const list = seen
      .map(
        ({ where, wrongs }) =>
          `${where}: ${fewOf(
            wrongs.map(({ says }) => says),
            '; ',
          )}`,
      )
      .join('\n');
    if (seen.length === 0) return { done: { verifiedAt: cloud.now().toISOString() } };
    const hopeless = seen.some(({ wrongs }) => wrongs.some(({ forGood }) => forGood));
    if (!hopeless && !late) return { waiting: list };
    throw new Failure('TargetsIncomplete', `the channel stays, since the build is not as its recipe says:\n${list}`);
  },
});

export const handler = lambda(verifyMove);
