import * as z from 'zod/mini';
import { moveOnce, movePermissions } from '../../aws/channel/carry-out-move.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { lambda } from '../stage.ts';
import { plannedMoves } from '../stage-of-move.ts';
import { wait } from '../wait.ts';

/**
 * Points each channel at its new build in every region, and reads the channel back: all channels, or none. The channel's document
 * has the old values before the first write, and keeps other moves away meanwhile.
 */
export const moveChannel = wait({
  name: 'MoveChannel',
  input: z.looseObject({ moves: plannedMoves }),
  permissions: [...movePermissions, 'ec2:DescribeImages'],
  bounds: () => fixedWaits.MoveChannel,
  async look({ moves, again }, cloud) {
    const waiting = await moveOnce(cloud, moves, !again);
    return waiting === undefined ? { done: { movedAt: cloud.now().toISOString() } } : { waiting };
  },
});

export const handler = lambda(moveChannel);
