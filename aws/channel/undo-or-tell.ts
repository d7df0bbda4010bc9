import { saysHeldBefore, type PlannedMove } from '../../core/channel/channel-moves.ts';
import { happened } from '../../core/channel/channel-record.ts';
import { lastingFailure } from '../../core/errors.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { undoOnce } from './carry-out-move.ts';

/** What became of the undoing of a move, in words. */
interface Undone {
  waiting: string[];
  /** What AWS refused to restore. */
  left: string[];
  /** The move was complete before its execution failed. */
  stays: string[];
}

/**
 * Restores what a move that failed wrote: see undoOnce. If AWS refuses to look at a channel, a person must restore it, so the words
 * have what each region held before.
 */
async function undoOrTell(
  artifacts: Artifacts,
  planned: PlannedMove,
  failure: Parameters<typeof undoOnce>[2],
  how: Parameters<typeof undoOnce>[3],
): Promise<Undone> {
  const { recipe, channel, parameter, move } = planned;
  try {
    const record = await readDocument(artifacts, { recipe, channel }, 'channel');
    const end = record?.moves.find(({ execution }) => execution === move.execution);
    const stays = end && happened(end) ? [`${parameter} had moved to ${move.to.build} in every region, and stays`] : [];
    return { stays, ...(await undoOnce(artifacts, planned, failure, how)) };
  } catch (error) {
    const { message } = lastingFailure(error);
    return { waiting: [], stays: [], left: [`${parameter}: ${message}; ${saysHeldBefore(move)}`] };
  }
}

/** Restores what several moves of an execution wrote. */
export async function undoAll(
  artifacts: Artifacts,
  moves: PlannedMove[],
  ...how: [Parameters<typeof undoOnce>[2], Parameters<typeof undoOnce>[3]]
): Promise<Undone> {
  const all: Undone = { waiting: [], left: [], stays: [] };
  for (const one of moves) {
    const { waiting, left, stays } = await undoOrTell(artifacts, one, ...how);
    all.waiting.push(...waiting);
    all.left.push(...left);
    all.stays.push(...stays);
  }
  return all;
}
