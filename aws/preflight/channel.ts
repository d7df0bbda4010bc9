import { channelParameter } from '../../core/distribute/channel.ts';
import {
  deploymentName,
  type ChannelHolder,
  type HoldingBuild,
  type Replaced,
} from '../../core/distribute/channel-owner.ts';
import type { Facts, Seen } from '../../core/preflight/facts.ts';
import { onlyPlace, parameterOfPlace, placeName, type Place } from '../../core/distribute/place.ts';
import { foreignValue } from '../../core/preflight/channel.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { holdersOf } from '../channels.ts';
import { readTypedParameter } from '../parameters.ts';
import type { Connection } from '../connection.ts';
import { look } from './seen.ts';

/** What the recipe's channel holds in its target regions, as far as AWS shows it. */
export async function lookAtChannel(
  aws: Connection,
  { name, publish, distribute }: Recipe,
  { channelRoot, deployment, replaces }: { channelRoot: string; deployment: string; replaces?: Replaced | undefined },
): Promise<Pick<Facts, 'channel'>> {
  if (!publish) return {};
  const owner = deploymentName(deployment, aws.region);
  const known: HoldingBuild | undefined = replaces && { ...replaces, recipe: name, deployment: owner };
  const parameter = channelParameter(channelRoot, name, publish.channel);
  const foreign: Record<string, string> = {};
  const lookIn = async (target: Place): Promise<ChannelHolder[]> => {
    const held = await readTypedParameter(aws, target.region, parameterOfPlace(parameter, target));
    const what = held && foreignValue(held);
    if (what !== undefined) foreign[placeName(target)] = what;
    return held && what === undefined ? holdersOf(aws, [{ ...onlyPlace(target), ami: held.value }], known) : [];
  };
  const seen = distribute.map(async (target): Promise<[string, Seen<ChannelHolder[]>]> => [
    placeName(target),
    await look(() => lookIn(target)),
  ]);
  const holders = Object.fromEntries(await Promise.all(seen));
  return { channel: { parameter, deployment: owner, holders, foreign } };
}
