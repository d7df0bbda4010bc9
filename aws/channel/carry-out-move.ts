import type { ChannelValue } from '../../core/distribute/channel.ts';
import { behindOf, changedSince, type PlannedMove } from '../../core/channel/channel-moves.ts';
import { happened } from '../../core/channel/channel-record.ts';
import { isRevoked, saysRevoked } from '../../core/channel/revocation.ts';
import { placeName, onlyPlace } from '../../core/distribute/place.ts';
import { Failure } from '../../core/errors.ts';
import { readChannel, writeChannel } from '../channels.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { beginMove, finishMove, wasTakenBack } from '../memory/channel-records.ts';
import { readDocument } from '../memory/documents.ts';
import { besideBehind, besideChanged, besidePermissions, seeBeside, withVersions } from '../moves/move-beside.ts';

/** What moveOnce calls. */
export const movePermissions = [
  ...besidePermissions,
  's3:GetObject',
  's3:PutObject',
  'states:DescribeExecution',
  'ssm:GetParameter',
  'ssm:PutParameter',
];

/** A move that has taken its channel, with what the channel holds now. */
interface BegunMove {
  planned: PlannedMove;
  now: ChannelValue[];
  beside: Awaited<ReturnType<typeof seeBeside>>;
}

/**
 * Takes the channel of a move. Undefined if the move has ended well.
 * @throws MoveRefused if the channel has moved since the move was decided.
 */
async function begin(artifacts: Artifacts, planned: PlannedMove): Promise<BegunMove | { waiting: string } | undefined> {
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
  if ('waiting' in begun) return begun;
  if (begun.move.takenBack) throw wasTakenBack(parameter);
  // A revoke looks for moves that are underway after it has written its document. So one of the two sees the other.
  const revocation = await readDocument(artifacts, { recipe, build: to.build }, 'revocation');
  if (isRevoked(revocation)) throw new Failure('MoveRefused', saysRevoked(to.build, revocation));
  return { planned, now, beside };
}

/** Writes a channel where it is behind, if `writes`. @returns what it waits for. */
async function writeOnce(
  artifacts: Artifacts,
  { planned, now, beside }: BegunMove,
  writes: boolean,
): Promise<string[]> {
  const { parameter, move, recipe } = planned;
  const behind = behindOf(move, now);
  const { missing, write } = await besideBehind(artifacts, planned, beside);
  if (behind.length + missing.length === 0) return [];
  if (writes) {
    await writeChannel(artifacts.aws, parameter, behind, { recipe, build: move.to.build });
    await write();
  }
  const list = behind.map(({ ami, ...at }) => `${ami} in ${placeName(at)}`).join(', ');
  return [...(list ? [`${parameter} does not hold ${list} yet`] : []), ...missing];
}

/**
 * Does the next part of the moves of an execution: takes all channels, writes them where they are behind, or writes down that they
 * moved. A channel's parameters in other accounts and the launch templates move with it. Once the document of the first channel says
 * that it moved, all have moved, even if the execution dies then: see movedTogether.
 * @param writes Whether to write again what has not arrived.
 * @returns what it waits for. Undefined if all channels moved.
 * @throws MoveRefused if a channel has moved since the moves were decided.
 */
export async function moveOnce(
  artifacts: Artifacts,
  moves: PlannedMove[],
  writes: boolean,
): Promise<string | undefined> {
  const begun: BegunMove[] = [];
  for (const planned of moves) {
    const one = await begin(artifacts, planned);
    if (one && 'waiting' in one) return one.waiting;
    if (one) begun.push(one);
  }
  const waiting: string[] = [];
  for (const one of begun) waiting.push(...(await writeOnce(artifacts, one, writes)));
  if (waiting.length > 0) return waiting.join('\n');
  for (const { planned, beside } of begun) await complete(artifacts, planned, beside);
  return undefined;
}

/** Writes down that a channel moved. @throws MoveRefused if the move was taken back. */
export async function complete(artifacts: Artifacts, planned: PlannedMove, beside: BegunMove['beside']): Promise<void> {
  const { recipe, channel, parameter, move } = planned;
  const done = { parameter, move: { ...move, ...withVersions(beside) } };
  if (!(await finishMove(artifacts, { recipe, channel }, done))) throw wasTakenBack(parameter);
}
