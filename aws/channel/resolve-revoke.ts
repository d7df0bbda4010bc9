import { inBatches } from '../../core/batches.ts';
import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import type { MoveRequest } from '../../core/channel/move-request.ts';
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
import { readCandidate } from './candidates.ts';
import { descendantsOfAll, recipesToStart } from './descendants.ts';
import { seeOthers } from '../moves/other-copies.ts';
import { movesAway } from '../moves/moves-away.ts';
import { refuseMove } from './resolve-move.ts';
import type { MovePlace } from './see-moving.ts';

const mostAtOnce = 20;

/** What a revoke or a restore does. */
interface RevokePlan {
  moves: PlannedMove[];
  builds: RevokedBuild[];
  /** Recipes that are built again afterwards. */
  rebuild: string[];
  hits: RevokeHits;
}

async function hitsOf(
  artifacts: Artifacts,
  builds: RevokedBuild[],
  descendants: Awaited<ReturnType<typeof descendantsOfAll>>,
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

/** A revoke: its builds, and how the channels that hold some of them move away. */
interface Revoking {
  asked: BuildIdentity[];
  away: (builds: BuildIdentity[], revoked: ReadonlySet<string>) => Promise<PlannedMove[]>;
}

/** Decides what a revoke does: channels that move away, AMIs that are disabled, and what becomes of builds made from them. */
export async function resolveRevoke(
  artifacts: Artifacts,
  request: MoveRequest,
  place: MovePlace,
  whole?: Revoking,
): Promise<RevokePlan> {
  const { descendants: fate = 'leave' } = request;
  const { asked, away } = whole ?? {
    asked: [{ recipe: request.recipe, build: request.build ?? '' }],
    away: (builds: BuildIdentity[], revoked: ReadonlySet<string>) =>
      movesAway(artifacts, request, builds, revoked, place),
  };
  for (const { recipe, build } of asked) {
    const { manifest, revocation } = await readCandidate(artifacts, recipe, build);
    if (!whole && isRevoked(revocation) && revocation.state === 'revoked')
      return refuseMove(saysRevoked(build, revocation));
    if (manifest?.status !== 'published')
      return refuseMove(`${build} of ${recipe} was never published, so there is nothing to revoke`);
  }
  const descendants = await descendantsOfAll(artifacts, asked);
  if (descendants.unknown !== undefined && fate !== 'leave')
    return refuseMove(
      `nobody can tell what was made from ${request.build}, so nothing of it can be ${fate === 'revoke' ? 'revoked' : 'built again'}; revoke it without --descendants, or mend this: ${descendants.unknown}`,
    );
  const all = [...asked, ...(fate === 'revoke' ? descendants.builds : [])];
  const revoked = new Set(all.map(buildKey));
  const builds: RevokedBuild[] = [];
  const moves: PlannedMove[] = [];
  // A base image can have a thousand descendants, and a call has two minutes.
  for (const some of inBatches(all, mostAtOnce)) {
    const read = some.map(async (one) => imagesOfBuild(await readDocument(artifacts, one, 'manifest')));
    const images = await Promise.all(read);
    builds.push(...some.map((one, index) => ({ ...one, images: images[index] ?? [] })));
    moves.push(...(await away(some, revoked)));
  }
  const tooMany = tooManyToRevoke({ moves, builds });
  if (tooMany !== undefined) return refuseMove(tooMany);
  const usersThere = await seeOthers(artifacts, request, builds, place.execution);
  const rebuild = fate === 'rebuild' ? await recipesToStart(artifacts, descendants.builds) : [];
  return { moves, builds, rebuild, hits: await hitsOf(artifacts, builds, descendants, moves, usersThere) };
}

/** Decides what a restore does. @throws MoveRefused if a build is not revoked, or another account refuses the pipeline. */
export async function resolveRestore(
  artifacts: Artifacts,
  request: MoveRequest,
  { execution }: MovePlace,
  asked: BuildIdentity[],
): Promise<RevokePlan> {
  const builds: RevokedBuild[] = [];
  for (const { recipe, build } of asked) {
    const { revocation } = await readCandidate(artifacts, recipe, build);
    if (!isRevoked(revocation)) return refuseMove(`${build} of ${recipe} is not revoked`);
    if (revocation.deregisteredBy !== undefined)
      return refuseMove(`${build} of ${recipe} cannot come back: ${revocation.deregisteredBy} deregistered its images`);
    builds.push({ recipe, build, images: revocation.images.map(onlyImage) });
  }
  await seeOthers(artifacts, request, builds, execution);
  return { moves: [], builds, rebuild: [], hits: noHits };
}
