import { rollbackOrder } from '../../core/channel/candidates.ts';
import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import { moverOf, type MoveRequest } from '../../core/channel/move-request.ts';
import { buildKey, type BuildIdentity } from '../../core/tags.ts';
import { newestPlan } from '../accounts/account-roles.ts';
import { knownBuilds } from '../channel/candidates.ts';
import type { SeenChannel } from '../channel/channel-look.ts';
import { holdingChannels } from '../channel/holding-channels.ts';
import { firstHealthy, plannedMove, refuseMove } from '../channel/resolve-move.ts';
import type { MovePlace } from '../channel/see-moving.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { seeReach, type ChannelReach } from './channel-reach.ts';

/** A channel that holds a build which is revoked. */
export interface Holding extends BuildIdentity {
  look: SeenChannel;
  reach: ChannelReach;
}

/** Every channel that holds a build. */
export async function seeHolding(
  artifacts: Artifacts,
  request: MoveRequest,
  { recipe, build }: BuildIdentity,
  place: MovePlace,
): Promise<Holding[]> {
  const looks = await holdingChannels(artifacts, { recipe, build }, place.channelRoot);
  const newest = looks.length > 0 ? await newestPlan(artifacts, recipe) : undefined;
  const by = { verb: request.verb, who: moverOf(request, place.execution) };
  const found: Holding[] = [];
  for (const look of looks)
    found.push({ recipe, build, look, reach: await seeReach(artifacts, look, newest, { recipe, build, by }) });
  return found;
}

/** The move of a channel to the first healthy build of those that it held before, or what is wrong with them. */
export async function moveAway(
  artifacts: Artifacts,
  request: MoveRequest,
  { recipe, build, look, reach }: Holding,
  isWanted: (earlier: string) => boolean,
  place: MovePlace,
): Promise<{ move?: PlannedMove; wrong: string[] }> {
  const order = rollbackOrder(look.record?.moves ?? [], build, await knownBuilds(artifacts, recipe));
  const earlier = order.filter((one) => one < build && isWanted(one));
  const { candidate, wrong } = await firstHealthy(artifacts, look, reach, earlier);
  if (!candidate) return { wrong };
  return { move: await plannedMove(artifacts, { ...request, recipe }, look, candidate, { ...place, reach }), wrong };
}

async function movesAwayFrom(
  artifacts: Artifacts,
  request: MoveRequest,
  about: BuildIdentity,
  revoked: ReadonlySet<string>,
  place: MovePlace,
): Promise<PlannedMove[]> {
  const { recipe, build } = about;
  const moves: PlannedMove[] = [];
  for (const holding of await seeHolding(artifacts, request, about, place)) {
    const isWanted = (earlier: string) => !revoked.has(buildKey({ recipe, build: earlier }));
    const { move, wrong } = await moveAway(artifacts, request, holding, isWanted, place);
    if (!move) {
      const cure = `build ${recipe} again, so that the channel holds another build, and then revoke ${build}`;
      return refuseMove(
        [`${holding.look.parameter} holds ${build}, and no earlier build is healthy; ${cure}:`, ...wrong].join('\n'),
      );
    }
    moves.push(move);
  }
  return moves;
}

/** The moves of all channels away from builds that are revoked. @throws MoveRefused where no earlier build is healthy. */
export const movesAway = async (
  artifacts: Artifacts,
  request: MoveRequest,
  builds: BuildIdentity[],
  ...how: [revoked: ReadonlySet<string>, place: MovePlace]
): Promise<PlannedMove[]> =>
  (await Promise.all(builds.map((one) => movesAwayFrom(artifacts, request, one, ...how)))).flat();
