import { channelParameter } from '../../core/distribute/channel.ts';
import type { ChannelSeen } from '../../core/retire/held-builds.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { channelNames } from '../memory/channel-names.ts';
import { settledChannel } from '../memory/channel-records.ts';
import type { ImageListing } from './image-listing.ts';

/** What readChannels calls, beside the listing. */
export const channelsSeenPermissions = ['s3:GetObject', 'states:DescribeExecution'];

/** The builds of a recipe whose AMIs parameters hold, by parameter. Every parameter of the deployment counts, even if a person wrote it. */
function holdsByParameter({ images, parameters }: ImageListing, recipe: string): Map<string, string[]> {
  const holds = new Map<string, string[]>();
  for (const { region, name, value } of parameters) {
    const held = images.find((image) => image.region === region && image.ami === value);
    const build = held?.tags['golden:recipe'] === recipe ? held.tags['golden:build'] : undefined;
    if (build !== undefined) holds.set(name, [...(holds.get(name) ?? []), build]);
  }
  return holds;
}

/**
 * The channels of a recipe, with the builds that they hold. A move that is underway counts, even if its execution is dead: the
 * clean-up may put the channel back.
 * @param own The channel of the recipe itself.
 */
export async function readChannels(
  artifacts: Artifacts,
  { recipe, own, root }: { recipe: string; own: string | undefined; root: string },
  listing: ImageListing,
): Promise<ChannelSeen[]> {
  const holds = holdsByParameter(listing, recipe);
  const seen: ChannelSeen[] = [];
  const told = new Set<string>();
  for (const channel of await channelNames(artifacts, recipe, own)) {
    const parameter = channelParameter(root, recipe, channel);
    const { record } = await settledChannel(artifacts, { recipe, channel }, []);
    const names = [...holds.keys()].filter((name) => name === parameter || name.startsWith(`${parameter}/`));
    for (const name of names) told.add(name);
    seen.push({
      parameter,
      holds: [...new Set(names.flatMap((name) => holds.get(name) ?? []))],
      moves: record?.moves ?? [],
      ...(record?.underway && { underway: record.underway }),
    });
  }
  const others = [...holds].filter(([name]) => !told.has(name));
  return [...seen, ...others.map(([parameter, builds]) => ({ parameter, holds: builds, moves: [] }))];
}
