import type { ChannelValue } from '../distribute/channel.ts';
import { inPlace, isSamePlace, type Place } from '../distribute/place.ts';
import type { MovedBeside } from './moved-beside.ts';

/** Every way in which a channel moves: a build is published, its image goes to further targets, or somebody moves the channel. */
type MoveVerb = 'publish' | 'distribute' | 'promote' | 'rollback' | 'revoke';

/** A build that a channel held or holds, with the digest of its content. */
interface MovedBuild {
  build: string;
  /** Absent where the build has no plan any more. */
  digest?: string | undefined;
}

/** One move of a channel: who moved it, when, from which build to which, and why. */
export interface Move extends MovedBeside {
  verb: MoveVerb;
  /** ARN of the execution that moved it. */
  execution: string;
  who: string;
  /** When the move began, ISO 8601. */
  at: string;
  why?: string | undefined;
  /** Absent where the channel held no build of the recipe, or different builds in its regions. */
  from?: MovedBuild | undefined;
  to: MovedBuild;
  before: ChannelValue[];
  after: (Place & { ami: string })[];
  /**
   * The channel whose document says whether the move happened. The moves of one execution happen together or not at all. Absent in
   * that channel's own move, and where only one channel moves.
   */
  decidedBy?: { recipe: string; channel: string };
  /** The move failed, and what it wrote is being restored: a call of it that still runs can no longer complete it. */
  takenBack?: true;
  /** Why the move did not happen. Everything holds what it held before. */
  failure?: { error: string; cause: string };
}

/**
 * The document of a channel, `builds/<recipe>/channels/<channel>.json`: its newest moves, and the move that is underway. Who
 * writes `underway` first may write the parameters. It also says what to restore if the move dies.
 */
export interface ChannelRecord {
  schema: 1;
  parameter: string;
  underway?: Move;
  /** Newest last. */
  moves: Move[];
}

const mostMoves = 200;

/**
 * Whether the execution of a move that is underway still writes. `complete`: a build that died after its publish was complete.
 */
export type Mover = 'runs' | 'dead' | 'complete';

/** The move that is underway and died before it was complete. What it wrote counts as taken back. */
export const deadMove = (underway: Move | undefined, mover: Mover | undefined): Move | undefined =>
  mover === 'complete' ? undefined : underway;

/** What a channel holds once the move that is underway is out of the way. A dead move counts as if it had been taken back. */
export function settledValues(
  underway: Move | undefined,
  mover: Mover | undefined,
  now: ChannelValue[],
): ChannelValue[] {
  const dead = deadMove(underway, mover);
  if (!dead) return now;
  return now.map((value) => {
    const written = dead.after.some((one) => isSamePlace(one, value) && one.ami === value.ami);
    return (written && inPlace(dead.before, value)) || value;
  });
}

const interrupted = { error: 'Interrupted', cause: 'the execution ended before every region held the image' };

const withMove = (moves: Move[], move: Move): Move[] => [...moves, move].slice(-mostMoves);

/** Whether a move happened. */
export const happened = ({ failure }: Move): boolean => failure === undefined;

/** Whether the document of the channel that decides says that the moves of an execution happened. */
export const movesHappened = (record: ChannelRecord | undefined, execution: string): boolean =>
  record?.moves.some((one) => one.execution === execution && happened(one)) ?? false;

/** What begins a move: it is written down now, or somebody else's move comes first. */
type Beginning = { write: ChannelRecord } | { busy: string };

/**
 * Decides whether a move may begin to write a channel. A move that is underway keeps the channel as long as its execution runs.
 * @param mover Whether the move that is underway still writes. Absent where none is underway.
 */
export function decideBeginning(
  record: ChannelRecord | undefined,
  parameter: string,
  move: Move,
  mover?: Mover,
): Beginning {
  const { underway, moves = [] } = record ?? {};
  if (underway && mover === 'runs') return { busy: `${parameter} is being moved by ${underway.execution}` };
  const ended = underway && (mover === 'complete' ? underway : { ...underway, failure: interrupted });
  return { write: { schema: 1, parameter, underway: move, moves: ended ? withMove(moves, ended) : moves } };
}

/**
 * The document after a move ended. Undefined if there is nothing to write, because the end was written before.
 * @param failure Why the move did not happen. A move that never began to write is written down as well.
 */
export function withEnded(record: ChannelRecord, move: Move, failure?: Move['failure']): ChannelRecord | undefined {
  const { underway, ...rest } = record;
  if (record.moves.some(({ execution }) => execution === move.execution)) return undefined;
  const ours = underway?.execution === move.execution;
  // Only the end knows the versions of launch templates that the move made.
  const known = ours ? { ...underway, ...(move.templates && { templates: move.templates }) } : move;
  const { takenBack: _, ...failed } = known;
  const done: Move = failure ? { ...failed, failure } : known;
  return { ...rest, ...(underway && !ours && { underway }), moves: withMove(record.moves, done) };
}

/** The document while a move is taken back. Undefined if that is written down, or if the move is not underway. */
export function withTakenBack(record: ChannelRecord | undefined, execution: string): ChannelRecord | undefined {
  const { underway } = record ?? {};
  if (!record || underway?.execution !== execution || underway.takenBack) return undefined;
  return { ...record, underway: { ...underway, takenBack: true } };
}

/** The build that a channel came to hold by its last move, if the channel still holds what that move wrote. */
export function holding(record: ChannelRecord | undefined, values: ChannelValue[]): MovedBuild | undefined {
  const last = record?.moves.findLast(happened);
  const same = last?.after.every((one) => inPlace(values, one)?.ami === one.ami);
  return same ? last?.to : undefined;
}
