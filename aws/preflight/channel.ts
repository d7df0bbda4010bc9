import { channelParameter } from '../../core/distribute/channel.ts';
import {
  deploymentName,
  type ChannelHolder,
  type HoldingBuild,
  type Replaced,
} from '../../core/distribute/channel-owner.ts';
import type { Facts, Seen } from '../../core/preflight/facts.ts';
import { placeName } from '../../core/distribute/place.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { holdersOf, readChannel } from '../channels.ts';
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
  const seen = distribute.map(async (target): Promise<[string, Seen<ChannelHolder[]>]> => [
    placeName(target),
    await look(async () => holdersOf(aws, await readChannel(aws, parameter, [target]), known)),
  ]);
  const holders = Object.fromEntries(await Promise.all(seen));
  return { channel: { parameter, deployment: owner, holders } };
}
