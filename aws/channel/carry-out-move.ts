import { behindOf, changedSince, stillMoved, type PlannedMove } from '../../core/channel/channel-moves.ts';
import { happened } from '../../core/channel/channel-record.ts';
import { isRevoked, saysRevoked } from '../../core/channel/revocation.ts';
import { parameterOfPlace, placeName, onlyPlace } from '../../core/distribute/place.ts';
import { Failure, lastingFailure } from '../../core/errors.ts';
import { readChannel, restoreParameter, writeChannel } from '../channels.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { beginMove, finishMove, takeBackMove, wasTakenBack } from '../memory/channel-records.ts';
import { readDocument } from '../memory/documents.ts';
import { besideBehind, besideChanged, besidePermissions, seeBeside, withVersions } from '../moves/move-beside.ts';
import { besideToUndo } from '../moves/undo-beside.ts';

/** What moveOnce calls. */
export const movePermissions = [
  ...besidePermissions,
  's3:GetObject',
  's3:PutObject',
  'states:DescribeExecution',
  'ssm:GetParameter',
  'ssm:PutParameter',
];

/**
 * Does the next part of a move: takes the channel, writes it where it is behind, or writes down that it moved. The channel's
 * parameters in other accounts and the launch templates move with it.
 * @param writes Whether to write again what has not arrived.
 * @returns what it waits for. Undefined if the channel moved.
 * @throws MoveRefused if the channel has moved since the move was decided.
 */
export async function moveOnce(
  artifacts: Artifacts,
  planned: PlannedMove,
  writes: boolean,
): Promise<string | undefined> {
  const { parameter, move, recipe, channel } = planned;
  const about = { recipe, channel };
  const { execution, after, to } = move;
  const known = await readDocument(artifacts, about, 'channel');
  const end = known?.moves.find((one) => one.execution === execution);
  if (end && !happened(end)) throw wasTakenBack(parameter);
  if (end) return undefined;
  const now = await readChannel(artifacts.aws, parameter, after.map(onlyPlace));
  const beside = await seeBeside(artifacts, planned);
  const begun = await beginMove(artifacts, about, { parameter, execution, now }, async (settled, record, mover) => {
    const underway = { underway: record?.underway, mover };
    const changed = [...changedSince(move, settled), ...(await besideChanged(artifacts, planned, beside, underway))];
    if (changed.length === 0) return move;
    throw new Failure(
      'MoveRefused',
      `${parameter} has moved since this move was decided, so it stays; start again:\n${changed.join('\n')}`,
    );
  });
  if ('waiting' in begun) return begun.waiting;
  if (begun.move.takenBack) throw wasTakenBack(parameter);
  // A revoke looks for moves that are underway after it has written its document. So one of the two sees the other.
  const revocation = await readDocument(artifacts, { recipe, build: to.build }, 'revocation');
  if (isRevoked(revocation)) throw new Failure('MoveRefused', saysRevoked(to.build, revocation));
  const behind = behindOf(move, now);
  const { missing, write } = await besideBehind(artifacts, planned, beside);
  if (behind.length + missing.length > 0) {
    if (writes) {
      await writeChannel(artifacts.aws, parameter, behind, { recipe, build: to.build });
      await write();
    }
    const list = behind.map(({ ami, ...at }) => `${ami} in ${placeName(at)}`).join(', ');
    return [...(list ? [`${parameter} does not hold ${list} yet`] : []), ...missing].join('\n');
  }
  await finishMove(artifacts, about, { parameter, move: { ...move, ...withVersions(beside) } });
  return undefined;
}

/** What undoOnce calls. */
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

/** What became of the undoing of a move. */
interface UndoneMove {
  waiting: string[];
  /** What AWS refused to restore. */
  left: string[];
}

/**
 * Restores what a move that failed wrote, and writes down why it failed once every region holds what it held before.
 * @param settled Whether no write of the move can show any more. Parameter Store takes a value seconds after it has answered.
 * @param last Whether to give up what AWS refuses to restore.
 */
export async function undoOnce(
  artifacts: Artifacts,
  planned: PlannedMove,
  failure: { error: string; cause: string },
  { settled, last }: { settled: boolean; last: boolean },
): Promise<UndoneMove> {
  const { parameter, move, recipe, channel } = planned;
  const about = { recipe, channel };
  const outcome: UndoneMove = { waiting: [], left: [] };
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
