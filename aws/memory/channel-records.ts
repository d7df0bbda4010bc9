import type { ChannelName } from '../../core/channel/channel-moves.ts';
import {
  decideBeginning,
  happened,
  movesHappened,
  settledValues,
  withEnded,
  withTakenBack,
  type ChannelRecord,
  type Move,
  type Mover,
} from '../../core/channel/channel-record.ts';
import type { ChannelValue } from '../../core/distribute/channel.ts';
import { Failure } from '../../core/errors.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { isPublished } from '../../core/variants/together.ts';
import { keyOf } from '../../core/memory/documents.ts';
import type { Artifacts } from './artifacts.ts';
import { readDocument, readVersioned, replace } from './documents.ts';

/** Whether a build is that of a variant, and all variants are published although it did not complete its own ledger. */
async function isPublishedTogether(artifacts: Artifacts, identity: BuildIdentity): Promise<boolean> {
  const { variantOf } = (await readDocument(artifacts, identity, 'plan')) ?? {};
  if (variantOf === undefined) return false;
  const together = await readDocument(artifacts, { recipe: variantOf, build: identity.build }, 'variants');
  return together !== undefined && isPublished(together);
}

/** Whether the execution of a move still writes. A build that is undone writes no more, though its execution runs. */
async function moverOfChannel(artifacts: Artifacts, recipe: string, move: Move): Promise<Mover> {
  const { verb, execution, to, decidedBy } = move;
  if (verb === 'publish') {
    const ledger = await readDocument(artifacts, { recipe, build: to.build }, 'ledger');
    if (ledger?.complete) return 'complete';
    if (ledger?.takenBack) return 'dead';
  }
  if (verb === 'distribute') {
    const ledger = await readDocument(artifacts, { recipe, build: to.build }, 'ledger');
    if (ledger?.added?.includes(execution)) return 'complete';
    if (ledger?.adding?.takenBack) return 'dead';
  }
  const { isRunning } = await import('../executions/executions.ts');
  if (await isRunning(artifacts.aws, execution)) return 'runs';
  const isComplete = decidedBy
    ? movesHappened(await readDocument(artifacts, decidedBy, 'channel'), execution)
    : verb === 'publish' && (await isPublishedTogether(artifacts, { recipe, build: to.build }));
  return isComplete ? 'complete' : 'dead';
}

/** The same before another move takes the channel. The last call of a dead execution can no longer complete its moves then. */
async function moverToReplace(artifacts: Artifacts, recipe: string, underway: Move): Promise<Mover> {
  const mover = await moverOfChannel(artifacts, recipe, underway);
  const { decidedBy, execution } = underway;
  if (mover !== 'dead' || !decidedBy) return mover;
  return movesHappened(await takeBackMove(artifacts, decidedBy, execution), execution) ? 'complete' : 'dead';
}

/** What a channel holds, apart from a move that died. `mover` tells of a move that is underway. */
export async function settledChannel(artifacts: Artifacts, about: ChannelName, values: ChannelValue[]) {
  const record = await readDocument(artifacts, about, 'channel');
  const mover = record?.underway && (await moverOfChannel(artifacts, about.recipe, record.underway));
  return { record, mover, settled: settledValues(record?.underway, mover, values) };
}

/** The same for a caller that cannot go on during a move. @throws AwsTransient while another execution writes the channel. */
export async function channelAtRest(
  artifacts: Artifacts,
  { parameter, ...about }: ChannelName & { parameter: string },
  values: ChannelValue[],
) {
  const seen = await settledChannel(artifacts, about, values);
  if (seen.mover !== 'runs') return seen;
  const by = seen.record?.underway?.execution;
  throw new Failure('AwsTransient', `${parameter} is being moved by ${by}; look again`);
}

/**
 * Writes down that a move is underway, so that no other writes the channel meanwhile.
 * @param make Makes the move from what the channel holds apart from a move that died. May refuse it.
 * @returns the move, or what it waits for.
 */
export async function beginMove(
  artifacts: Artifacts,
  about: ChannelName,
  { parameter, execution, now }: { parameter: string; execution: string; now: ChannelValue[] },
  make: (settled: ChannelValue[], record: ChannelRecord | undefined, mover: Mover | undefined) => Move | Promise<Move>,
): Promise<{ move: Move } | { waiting: string }> {
  const found = await readVersioned(artifacts, about, 'channel');
  const underway = found?.content.underway;
  if (underway?.execution === execution) return { move: underway };
  // Two calls of one state can overlap.
  if (found?.content.moves.some((one) => one.execution === execution))
    return { waiting: 'another call ended the move' };
  const mover = underway && (await moverToReplace(artifacts, about.recipe, underway));
  const move = await make(settledValues(underway, mover, now), found?.content, mover);
  const decision = decideBeginning(found?.content, parameter, move, mover);
  if ('busy' in decision) return { waiting: decision.busy };
  if (await replace(artifacts, about, 'channel', decision.write, found ?? 'nothing')) return { move };
  return { waiting: `another execution was faster to move ${parameter}` };
}

/**
 * Writes down that a move is taken back, so that a call of it that still runs does not complete it.
 * @returns the channel's document. If S3 refuses the write, the move is still restored.
 */
export async function takeBackMove(
  artifacts: Artifacts,
  about: ChannelName,
  execution: string,
): Promise<ChannelRecord | undefined> {
  const found = await readVersioned(artifacts, about, 'channel');
  const changed = withTakenBack(found?.content, execution);
  if (!changed) return found?.content;
  try {
    if (await replace(artifacts, about, 'channel', changed, found ?? 'nothing')) return changed;
  } catch (error) {
    if (!(error instanceof Failure) || error.name === 'AwsTransient') throw error;
    return found?.content;
  }
  throw new Failure('AwsTransient', `${keyOf(about, 'channel')} was changed since it was read; look again`);
}

const attempts = 5;

export const wasTakenBack = (parameter: string): Failure =>
  new Failure('MoveRefused', `the move of ${parameter} was taken back; start again`);

/**
 * Writes down how a move ended, and frees the channel for the next.
 * @returns whether the move happened: another execution may have written down before that it did not.
 * @throws AwsTransient if others are faster every time. MoveRefused if the move is being taken back.
 */
export async function finishMove(
  artifacts: Artifacts,
  about: ChannelName,
  { parameter, move }: { parameter: string; move: Move },
  failure?: Move['failure'],
): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const found = await readVersioned(artifacts, about, 'channel');
    const record = found?.content ?? { schema: 1 as const, parameter, moves: [] };
    const { underway } = record;
    if (!failure && underway?.execution === move.execution && underway.takenBack) throw wasTakenBack(parameter);
    const changed = withEnded(record, move, failure);
    const end = (changed ?? record).moves.find(({ execution }) => execution === move.execution);
    if (!changed || (await replace(artifacts, about, 'channel', changed, found ?? 'nothing')))
      return end !== undefined && happened(end);
  }
  throw new Failure('AwsTransient', `${keyOf(about, 'channel')} was changed by others ${attempts} times in a row`);
}
