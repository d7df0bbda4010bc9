import type { Plan } from '../build/plan.ts';
import type { ChannelLedger, ChannelValue } from '../distribute/channel.ts';
import { inPlace, isSamePlace, placeName, onlyPlace } from '../distribute/place.ts';
import { holding, type ChannelRecord, type Move } from './channel-record.ts';

/** A channel of a recipe: the subject of its document. */
export interface ChannelName {
  recipe: string;
  channel: string;
}

/** One channel that an execution of move-channel moves, and how. */
export interface PlannedMove extends ChannelName {
  parameter: string;
  move: Move;
  /** What the move leaves as it is, and why. */
  notes?: string[];
}

/**
 * The moves of one execution, which happen together or not at all. The first one decides. Two executions that move the same channels
 * take them in the same order, so neither waits for a channel that the other holds.
 */
export function movedTogether(moves: PlannedMove[]): PlannedMove[] {
  const [first, ...others] = moves.toSorted((one, other) => (one.parameter < other.parameter ? -1 : 1));
  if (!first) return [];
  const decidedBy = { recipe: first.recipe, channel: first.channel };
  return [first, ...others.map((one) => ({ ...one, move: { ...one.move, decidedBy } }))];
}

/** The channel that a build is published to. Undefined for a recipe without one. */
export const channelOf = ({ recipe, document }: Pick<Plan, 'recipe' | 'document'>): ChannelName | undefined =>
  document.publish && { recipe, channel: document.publish.channel };

/** The move that a publish is. */
export function publishMove(
  plan: Plan,
  execution: string,
  at: Date,
  before: ChannelValue[],
  { after, templates = [], accounts }: Pick<ChannelLedger, 'after' | 'templates' | 'accounts'>,
  record: ChannelRecord | undefined,
): Move {
  const { adds } = plan;
  const from = holding(record, before);
  const why = adds ? adds.why : plan.trigger?.reason;
  const byHand = adds?.who ?? 'a build started by hand';
  return {
    verb: adds ? 'distribute' : 'publish',
    execution,
    who: plan.trigger ? `a build started by ${plan.trigger.by}` : byHand,
    at: at.toISOString(),
    ...(why !== undefined && { why }),
    ...(from && { from }),
    to: { build: plan.build, digest: adds?.whole?.digest ?? plan.digest },
    before,
    after: after.map(({ ami, ...place }) => ({ ...onlyPlace(place), ami })),
    ...(templates.length > 0 && { templates }),
    ...(accounts && { accounts }),
  };
}

/** The places that a move must still write. */
export const behindOf = ({ after }: Pick<Move, 'after'>, now: ChannelValue[]): Move['after'] =>
  after.filter((one) => inPlace(now, one)?.ami !== one.ami);

/** The places that still hold what a move wrote although it did not happen, with the values to restore. */
export const stillMoved = ({ before, after }: Pick<Move, 'before' | 'after'>, now: ChannelValue[]): ChannelValue[] =>
  before.filter((held) => {
    const current = inPlace(now, held)?.ami;
    const isOurs = after.some((one) => isSamePlace(one, held) && one.ami === current);
    return current !== held.ami && current !== undefined && isOurs;
  });

/** The places of a channel that hold something else than when a move was decided, in words. */
export function changedSince({ before }: Pick<Move, 'before'>, settled: ChannelValue[]): string[] {
  return before.flatMap(({ ami, ...place }) => {
    const now = inPlace(settled, place)?.ami;
    return now === ami ? [] : [`${placeName(place)} holds ${now ?? 'nothing'}, and held ${ami ?? 'nothing'}`];
  });
}

/** What a channel held before a move, for a person who must restore it. */
export const saysHeldBefore = ({ before, to }: Pick<Move, 'before' | 'to'>): string =>
  `a part of the move to ${to.build} may stay. Before it, ${before
    .map(({ ami, ...place }) => `${placeName(place)} held ${ami ?? 'nothing'}`)
    .join(', ')}`;
