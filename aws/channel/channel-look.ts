import type { ChannelName } from '../../core/channel/channel-moves.ts';
import { happened, type ChannelRecord, type Mover } from '../../core/channel/channel-record.ts';
import { channelParameter, type ChannelValue } from '../../core/distribute/channel.ts';
import { distinctPlaces, onlyPlace, type Place } from '../../core/distribute/place.ts';
import type { ChannelHolder } from '../../core/distribute/channel-owner.ts';
import { holdersOf, readChannel } from '../channels.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { channelAtRest, settledChannel } from '../memory/channel-records.ts';

/** A channel as it is now, apart from a move that died. */
export interface SeenChannel extends ChannelName {
  parameter: string;
  record: ChannelRecord | undefined;
  /** What became of the move in the record that is underway. Absent where there is none. */
  mover: Mover | undefined;
  values: ChannelValue[];
  holders: ChannelHolder[];
  /** The build that every region holds; undefined if there is none, or if the regions differ. */
  current: string | undefined;
}

const distinct = (list: string[]): string[] => [...new Set(list)];

/** The build whose images a channel holds in all of its regions. */
function currentBuild(recipe: string, holders: ChannelHolder[]): string | undefined {
  const builds = holders.map(({ tags }) => (tags['golden:recipe'] === recipe ? (tags['golden:build'] ?? '') : ''));
  const [first, ...others] = distinct(builds);
  return others.length > 0 ? undefined : first || undefined;
}

/**
 * Reads a channel in every place where it may be.
 * @param places Places that the recipe's builds reach. Those of the channel's newest move are read as well.
 * @throws AwsTransient while another execution writes the channel.
 */
export async function seeChannel(
  artifacts: Artifacts,
  about: ChannelName,
  root: string,
  places: Place[],
): Promise<SeenChannel> {
  const parameter = channelParameter(root, about.recipe, about.channel);
  const { record: known } = await settledChannel(artifacts, about, []);
  const moved = [known?.underway, known?.moves.findLast(happened)].flatMap((move) => move?.after ?? []);
  const all = distinctPlaces([...places, ...moved.map(onlyPlace)]);
  const now = await readChannel(artifacts.aws, parameter, all);
  const { record, mover, settled: values } = await channelAtRest(artifacts, { ...about, parameter }, now);
  const holders = await holdersOf(artifacts.aws, values);
  return { ...about, parameter, record, mover, values, holders, current: currentBuild(about.recipe, holders) };
}
