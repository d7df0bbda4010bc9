import * as z from 'zod/mini';
import { leftBy } from '../../aws/channel/dead-move.ts';
import { revokePermissions, turnBack } from '../../aws/channel/carry-out-revocation.ts';
import { undoAll, undoMovePermissions } from '../../aws/channel/undo-or-tell.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { lambda } from '../stage.ts';
import { failedMove } from '../stage-of-move.ts';
import { secondsSince, wait, type LookResult } from '../wait.ts';

/** No call of a dead execution runs longer: see infrastructure/functions.ts. */
const callSeconds = 125;
/** Parameters that were written show within this time. */
const settleSeconds = 180;

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
  input: z.looseObject({ context: failedMove }),
  permissions: [...new Set([...undoMovePermissions, ...revokePermissions, 'states:DescribeExecution'])],
  bounds: () => ({ ...fixedWaits.UndoMove, limit: Infinity }),
  async look({ context: { failure, dead, ...own }, since }, cloud): Promise<LookResult<UndoneMoves>> {
    const waited = secondsSince(since, cloud.now());
    // Until then, its last call could complete the move while this one restores it.
    if (dead && waited < callSeconds) return { waiting: 'the last call of the dead execution' };
    const { isRunning } = await import('../../aws/executions/executions.ts');
    if (dead && (await isRunning(cloud.aws, dead.id)))
      return { done: { error: failure.Error, cause: 'the execution was redriven, and goes on by itself' } };
    const found = dead && (await leftBy(cloud, dead.id));
    const { moves = [], builds = [] } = found ?? own;
    const execution = found?.execution ?? own.asked?.execution ?? '';
    const settled = waited >= settleSeconds;
    const last = waited > fixedWaits.UndoMove.limit;
    const told = {
      error: failure.Error,
      cause: failureMessage({ Error: failure.Error, Cause: failure.Cause ?? undefined }),
    };
    const { waiting, left, stays } = await undoAll(cloud, moves, told, { settled, last });
    left.push(...(await turnBack(cloud, builds, execution)));
    if (waiting.length + left.length > 0 && !last)
      return { waiting: `still to restore: ${[...waiting, ...left].join(', ')}` };
    const remains = [...waiting, ...left].map((one) => `left: ${one}`);
    return { done: { ...told, cause: [told.cause, ...stays, ...remains].join('\n') } };
  },
});

export const handler = lambda(undoMove);
