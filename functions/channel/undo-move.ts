import * as z from 'zod/mini';
import { undoMovePermissions, undoOnce } from '../../aws/channel/carry-out-move.ts';
import { revokePermissions, turnBack } from '../../aws/channel/carry-out-revocation.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { caughtError, lambda } from '../stage.ts';
import { askedBy, plannedMoves, revokedBuilds } from '../stage-of-move.ts';
import { secondsSince, wait, type LookResult } from '../wait.ts';

interface UndoneMoves {
  error: string;
  cause: string;
}

/**
 * Restores the channels that a failed move wrote, in every region, and writes the failed move into their history. Images that a
 * failed revoke had begun to disable are enabled, with the permissions that they had. A move that was refused before it was decided
 * has nothing to undo.
 */
export const undoMove = wait({
  name: 'UndoMove',
  input: z.looseObject({
    context: z.looseObject({
      failure: caughtError,
      moves: z.optional(plannedMoves),
      builds: z.optional(revokedBuilds),
      asked: z.optional(askedBy),
    }),
  }),
  permissions: [...new Set([...undoMovePermissions, ...revokePermissions])],
  bounds: () => ({ ...fixedWaits.UndoMove, limit: Infinity }),
  async look({ context: { failure, moves = [], builds = [], asked }, since }, cloud): Promise<LookResult<UndoneMoves>> {
    const last = secondsSince(since, cloud.now()) > fixedWaits.UndoMove.limit;
    const told = {
      error: failure.Error,
      cause: failureMessage({ Error: failure.Error, Cause: failure.Cause ?? undefined }),
    };
    const waiting: string[] = [];
    const left: string[] = [];
    for (const one of moves) {
      const outcome = await undoOnce(cloud, one, told, last);
      waiting.push(...outcome.waiting);
      left.push(...outcome.left);
    }
    for (const one of builds) left.push(...(await turnBack(cloud, one, asked?.execution ?? '')));
    if (waiting.length + left.length > 0 && !last)
      return { waiting: `still to restore: ${[...waiting, ...left].join(', ')}` };
    const remains = [...waiting, ...left].map((one) => `left: ${one}`);
    return { done: { ...told, cause: [told.cause, ...remains].join('\n') } };
  },
});

export const handler = lambda(undoMove);
