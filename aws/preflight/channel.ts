import { channelParameter } from '../../core/distribute/channel.ts';
import { deploymentName, type ChannelHolder } from '../../core/distribute/channel-owner.ts';
import type { Facts, Seen } from '../../core/preflight/facts.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { holdersOf, readChannel } from '../channels.ts';
import type { Connection } from '../connection.ts';
import { look } from './seen.ts';

/** What the recipe's channel holds in its target regions, as far as AWS shows it. */
export async function lookAtChannel(
  aws: Connection,
  { name, publish, distribute }: Recipe,
  { channelRoot, deployment }: { channelRoot: string; deployment: string },
): Promise<Pick<Facts, 'channel'>> {
  if (!publish) return {};
  const parameter = channelParameter(channelRoot, name, publish.channel);
  const seen = distribute.map(async ({ region }): Promise<[string, Seen<ChannelHolder[]>]> => [
    region,
    await look(async () => holdersOf(aws, await readChannel(aws, parameter, [region]))),
  ]);
  const holders = Object.fromEntries(await Promise.all(seen));
  return { channel: { parameter, deployment: deploymentName(deployment, aws.region), holders } };
}
