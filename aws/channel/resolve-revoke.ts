import { inBatches } from '../../core/batches.ts';
import { rollbackOrder } from '../../core/channel/candidates.ts';
import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import { moverOf, type MoveRequest } from '../../core/channel/move-request.ts';
import { imagesOfBuild } from '../../core/channel/images-of-build.ts';
import {
  isRevoked,
  saysRevoked,
  tooManyToRevoke,
  type RevokedBuild,
  onlyImage,
} from '../../core/channel/revocation.ts';
import {
  descendantsHit,
  instancesHit,
  instancesHits,
  usersHit,
  strangersHit,
  type RevokeHits,
  noHits,
} from '../../core/channel/revoke-hits.ts';
import type { Users } from '../../core/distribute/permissions.ts';
import { buildKey, type BuildIdentity } from '../../core/tags.ts';
import { instancesOf } from '../images/disabling.ts';
import { launchUsers } from '../images/image-attributes.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { newestPlan } from '../accounts/account-roles.ts';
import { knownBuilds, readCandidate } from './candidates.ts';
import { descendantsOf } from './descendants.ts';
import { seeOthers } from '../moves/other-copies.ts';
import { seeReach } from '../moves/channel-reach.ts';
import { holdingChannels } from './holding-channels.ts';
import { firstHealthy, plannedMove, refuseMove, type MovePlace } from './resolve-move.ts';

const mostAtOnce = 20;

/** What a revoke or a restore does. */
interface RevokePlan {
  moves: PlannedMove[];
  builds: RevokedBuild[];
  /** Recipes that are built again afterwards. */
  rebuild: string[];
  hits: RevokeHits;
}

/** The moves of all channels away from the builds that are revoked. @throws MoveRefused where no earlier build is healthy. */
async function movesAway(
  artifacts: Artifacts,
  request: MoveRequest,
  { recipe, build }: BuildIdentity,
  revoked: ReadonlySet<string>,
  place: MovePlace,
): Promise<PlannedMove[]> {
  const moves: PlannedMove[] = [];
  const holding = await holdingChannels(artifacts, { recipe, build }, place.channelRoot);
  const newest = holding.length > 0 ? await newestPlan(artifacts, recipe) : undefined;
  const by = { verb: request.verb, who: moverOf(request, place.execution) };
  for (const look of holding) {
    const reach = await seeReach(artifacts, look, newest, { recipe, build, by });
    const order = rollbackOrder(look.record?.moves ?? [], build, await knownBuilds(artifacts, recipe));
    const earlier = order.filter((one) => one < build && !revoked.has(buildKey({ recipe, build: one })));
    const { candidate, wrong } = await firstHealthy(artifacts, look, reach, earlier);
    if (!candidate) {
      const cure = `build ${recipe} again, so that the channel holds another build, and then revoke ${build}`;
      return refuseMove(
        [`${look.parameter} holds ${build}, and no earlier build is healthy; ${cure}:`, ...wrong].join('\n'),
      );
    }
    moves.push(await plannedMove(artifacts, { ...request, recipe }, look, candidate, { ...place, reach }));
  }
  return moves;
}

async function hitsOf(
  artifacts: Artifacts,
  builds: RevokedBuild[],
  descendants: Awaited<ReturnType<typeof descendantsOf>>,
  moves: PlannedMove[],
  usersThere: Users,
): Promise<RevokeHits> {
  const { aws } = artifacts;
  const images = builds.flatMap((one) => one.images).filter(({ account }) => account === undefined);
  const instances = async ({ region, ami }: { region: string; ami: string }) =>
    instancesHit({ region, ami }, await instancesOf(aws, region, ami));
  const [running, sharedWith] = await Promise.all([
    Promise.all(images.map(instances)),
    Promise.all(images.map(({ region, ami }) => launchUsers(aws, region, ami))),
  ]);
  return {
    channels: moves.map(({ parameter }) => parameter),
    ...instancesHits(running.flat()),
    ...usersHit([...sharedWith.flat(), ...usersThere]),
    ...descendantsHit(descendants.builds),
    ...strangersHit(descendants.others),
    unknown: descendants.unknown ?? null,
  };
}

/** Decides what a revoke does: channels that move away, AMIs that are disabled, and what becomes of builds made from them. */
export async function resolveRevoke(artifacts: Artifacts, request: MoveRequest, place: MovePlace): Promise<RevokePlan> {
  const { recipe, build = '', descendants: fate = 'leave' } = request;
  const { manifest, revocation } = await readCandidate(artifacts, recipe, build);
  if (isRevoked(revocation) && revocation.state === 'revoked') return refuseMove(saysRevoked(build, revocation));
  if (manifest?.status !== 'published')
    return refuseMove(`${build} of ${recipe} was never published, so there is nothing to revoke`);
  const descendants = await descendantsOf(artifacts, { recipe, build });
  if (descendants.unknown !== undefined && fate !== 'leave')
    return refuseMove(
      `nobody can tell what was made from ${build}, so nothing of it can be ${fate === 'revoke' ? 'revoked' : 'built again'}; revoke it without --descendants, or mend this: ${descendants.unknown}`,
    );
  const all = [{ recipe, build }, ...(fate === 'revoke' ? descendants.builds : [])];
  const revoked = new Set(all.map(buildKey));
  const builds: RevokedBuild[] = [];
  const moves: PlannedMove[] = [];
  // A base image can have a thousand descendants, and a call has two minutes.
  for (const some of inBatches(all, mostAtOnce)) {
    const looked = some.map(async (one) => {
      const images = imagesOfBuild(await readDocument(artifacts, one, 'manifest'));
      return { built: { ...one, images }, away: await movesAway(artifacts, request, one, revoked, place) };
    });
    for (const { built, away } of await Promise.all(looked)) {
      builds.push(built);
      moves.push(...away);
    }
  }
  const tooMany = tooManyToRevoke({ moves, builds });
  if (tooMany !== undefined) return refuseMove(tooMany);
  const usersThere = await seeOthers(artifacts, request, builds, place.execution);
  const rebuild = fate === 'rebuild' ? [...new Set(descendants.builds.map((one) => one.recipe))] : [];
  return { moves, builds, rebuild, hits: await hitsOf(artifacts, builds, descendants, moves, usersThere) };
}

/** Decides what a restore does. @throws MoveRefused if the build is not revoked, or another account refuses the pipeline. */
export async function resolveRestore(
  artifacts: Artifacts,
  request: MoveRequest,
  { execution }: MovePlace,
): Promise<RevokePlan> {
  const { recipe, build = '' } = request;
  const { revocation } = await readCandidate(artifacts, recipe, build);
  if (!isRevoked(revocation)) return refuseMove(`${build} of ${recipe} is not revoked`);
  if (revocation.deregisteredBy !== undefined)
    return refuseMove(`${build} of ${recipe} cannot come back: ${revocation.deregisteredBy} deregistered its images`);
  const images = revocation.images.map(onlyImage);
  const builds = [{ recipe, build, images }];
  await seeOthers(artifacts, request, builds, execution);
  return { moves: [], builds, rebuild: [], hits: noHits };
}
