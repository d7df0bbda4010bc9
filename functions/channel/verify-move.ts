import * as z from 'zod/mini';
import { judgeMove } from '../../aws/verify/judge-move.ts';
import { readingPermissions } from '../../aws/work/permissions.ts';
import { imagePermissions } from '../../aws/work/targets.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { Failure } from '../../core/errors.ts';
import { lambda } from '../stage.ts';
import { wait } from '../wait.ts';
import { plannedMoves } from '../stage-of-move.ts';

/**
 * Reads back every target of the build that a channel moves to, and its copies in other accounts, exactly as Verify does before a
 * publish. What only looks wrong is looked at again for `patienceSeconds`.
 */
export const verifyMove = wait({
  name: 'VerifyMove',
  input: z.looseObject({ moves: plannedMoves, patienceSeconds: z.number() }),
  permissions: ['s3:GetObject', 'sts:AssumeRole', ...imagePermissions, ...readingPermissions],
  bounds: ({ patienceSeconds }) => ({ ...fixedWaits.VerifyMove, limit: patienceSeconds }),
  async look({ moves, late }, cloud) {
    const judged = (await Promise.all(moves.map((one) => judgeMove(cloud, one)))).flat();
    const wrong = judged.filter(({ error }) => error !== undefined);
    if (wrong.length === 0) return { done: { verifiedAt: cloud.now().toISOString() } };
    const list = wrong.map(({ where, error }) => `${where}: ${error}`).join('\n');
    if (!wrong.some(({ hopeless }) => hopeless) && !late) return { waiting: list };
    throw new Failure('TargetsIncomplete', `the channel stays, since the build is not as its recipe says:\n${list}`);
  },
});

export const handler = lambda(verifyMove);
