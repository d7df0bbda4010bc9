import { saysHeldBefore, stillMoved, type PlannedMove } from '../../core/channel/channel-moves.ts';
import { movesHappened } from '../../core/channel/channel-record.ts';
import { onlyPlace, parameterOfPlace } from '../../core/distribute/place.ts';
import { lastingFailure } from '../../core/errors.ts';
import { readChannel, restoreParameter } from '../channels.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { finishMove, takeBackMove } from '../memory/channel-records.ts';
import { readDocument } from '../memory/documents.ts';
import { seeBeside } from '../moves/move-beside.ts';
import { besideToUndo } from '../moves/undo-beside.ts';
import { complete } from './carry-out-move.ts';

/** What undoAll calls. */
export const undoMovePermissions = [
  's3:GetObject',
  's3:PutObject',
  'ec2:DeleteLaunchTemplateVersions',
  'ec2:DescribeImages',
  'ec2:DescribeLaunchTemplates',
  'ec2:DescribeLaunchTemplateVersions',
  'ec2:ModifyLaunchTemplate',
  'ssm:DeleteParameter',
  'ssm:GetParameter',
  'ssm:PutParameter',
  'sts:AssumeRole',
];

/** What became of the undoing of a move, in words. */
interface Undone {
  waiting: string[];
  /** What AWS refused to restore. */
  left: string[];
  /** The move was complete before its execution failed. */
  stays: string[];
}

/**
 * Restores what a move that failed wrote, and writes down why it failed once every region holds what it held before.
 * @param settled Whether no write of the move can show any more. Parameter Store takes a value seconds after it has answered.
 * @param last Whether to give up what AWS refuses to restore.
 */
async function undoOnce(
  artifacts: Artifacts,
  planned: PlannedMove,
  failure: { error: string; cause: string },
  { settled, last }: { settled: boolean; last: boolean },
): Promise<Omit<Undone, 'stays'>> {
  const { parameter, move, recipe, channel } = planned;
  const about = { recipe, channel };
  const outcome: Omit<Undone, 'stays'> = { waiting: [], left: [] };
  const record = await takeBackMove(artifacts, about, move.execution);
  if (record?.moves.some(({ execution }) => execution === move.execution)) return outcome;
  if (record?.underway?.execution === move.execution) {
    const now = await readChannel(artifacts.aws, parameter, move.after.map(onlyPlace));
    const steps = stillMoved(move, now).map(({ region, id, ami }) => {
      const name = parameterOfPlace(parameter, { id });
      const undo = () => restoreParameter(artifacts.aws, region, name, ami, 'a move failed');
      return { what: `${name} in ${region} back to ${ami ?? 'nothing'}`, undo };
    });
    for (const { what, undo } of [...steps, ...(await besideToUndo(artifacts, planned))]) {
      try {
        await undo();
        outcome.waiting.push(what);
      } catch (error) {
        outcome.left.push(`${what}: ${lastingFailure(error).message}`);
      }
    }
    if (!settled) outcome.waiting.push(`what ${parameter} shows of late writes`);
    if (outcome.waiting.length + outcome.left.length > 0 && !last) return outcome;
  }
  await finishMove(artifacts, about, { parameter, move }, failure);
  return outcome;
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
    const { decidedBy, execution } = move;
    const isUnderway = record?.underway?.execution === execution;
    // The first channel of the execution says that all have moved, so this one has moved, too.
    if (isUnderway && decidedBy && movesHappened(await readDocument(artifacts, decidedBy, 'channel'), execution))
      await complete(artifacts, planned, await seeBeside(artifacts, planned));
    else if (!movesHappened(record, execution))
      return { stays: [], ...(await undoOnce(artifacts, planned, failure, how)) };
    return { waiting: [], left: [], stays: [`${parameter} had moved to ${move.to.build} in every region, and stays`] };
  } catch (error) {
    const { message } = lastingFailure(error);
    return { waiting: [], stays: [], left: [`${parameter}: ${message}; ${saysHeldBefore(move)}`] };
  }
}

/** Restores what the moves of an execution wrote, unless they had happened. The first one decides: see movedTogether. */
export async function undoAll(
  artifacts: Artifacts,
  moves: PlannedMove[],
  ...how: [Parameters<typeof undoOnce>[2], Parameters<typeof undoOnce>[3]]
): Promise<Undone> {
  const all: Undone = { waiting: [], left: [], stays: [] };
  const decisive = (one: PlannedMove) => Number(one.move.decidedBy !== undefined);
  for (const one of moves.toSorted((a, b) => decisive(a) - decisive(b))) {
    const { waiting, left, stays } = await undoOrTell(artifacts, one, ...how);
    all.waiting.push(...waiting);
    all.left.push(...left);
    all.stays.push(...stays);
  }
  return all;
}
