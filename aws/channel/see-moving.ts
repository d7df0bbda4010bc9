import { moverOf, type MoveRequest } from '../../core/channel/move-request.ts';
import { onlyPlace } from '../../core/distribute/place.ts';
import { refuse } from '../../core/recipe/problems.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readRecord } from '../memory/recipe-records.ts';
import { seeReach, type ChannelReach } from '../moves/channel-reach.ts';
import { readCandidate } from './candidates.ts';
import { seeChannel, type SeenChannel } from './channel-look.ts';

/** Where and when a move is decided. */
export interface MovePlace {
  channelRoot: string;
  execution: string;
  now: Date;
}

/** The channel that a request moves, as it is now. */
interface Moving {
  look: SeenChannel;
  reach: ChannelReach;
  /** The channel that the recipe publishes to. */
  own: string | undefined;
  /** The build in the recipe's own channel, for another channel. */
  ownBuild: () => Promise<string | undefined>;
}

/** Looks at the channel that a request moves. @throws RecipeInvalid if there is none. */
export async function seeMoving(artifacts: Artifacts, request: MoveRequest, place: MovePlace): Promise<Moving> {
  const { recipe } = request;
  const { published } = await readRecord(artifacts, recipe);
  if (!published) return refuse([{ path: ['recipe'], message: `no build of "${recipe}" was ever published here` }]);
  const newest = await readCandidate(artifacts, recipe, published.build);
  const own = newest.plan?.document.publish?.channel;
  const channel = request.channel ?? own;
  if (channel === undefined)
    return refuse([{ path: ['channel'], message: `is missing, and ${published.build} was published to no channel` }]);
  const places = (newest.manifest?.targets ?? []).map(onlyPlace);
  const at = (name: string) => seeChannel(artifacts, { recipe, channel: name }, place.channelRoot, places);
  const look = await at(channel);
  const by = { verb: request.verb, who: moverOf(request, place.execution) };
  const reach = await seeReach(artifacts, look, newest.plan, { recipe, build: published.build, by });
  const ownBuild = async () => {
    if (own === channel) return undefined;
    return own === undefined ? published.build : (await at(own)).current;
  };
  return { look, reach, own, ownBuild };
}
