import { channelOf } from '../../core/channel/channel-moves.ts';
import { onlyPlace } from '../../core/distribute/place.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { channelNames } from '../memory/channel-names.ts';
import { readCandidate } from './candidates.ts';
import { seeChannel, type SeenChannel } from './channel-look.ts';

/**
 * The channels of a recipe that hold a build in any region.
 * @throws AwsTransient while one of the recipe's channels is being moved.
 */
export async function holdingChannels(
  artifacts: Artifacts,
  { recipe, build }: BuildIdentity,
  root: string,
): Promise<SeenChannel[]> {
  const { manifest, plan } = await readCandidate(artifacts, recipe, build);
  const names = await channelNames(artifacts, recipe, plan && channelOf(plan)?.channel);
  const places = (manifest?.targets ?? []).map(onlyPlace);
  const seen = names.map((channel) => seeChannel(artifacts, { recipe, channel }, root, places));
  return (await Promise.all(seen)).filter(({ holders }) =>
    holders.some(({ tags }) => tags['golden:recipe'] === recipe && tags['golden:build'] === build),
  );
}
