import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import type { MoveRequest } from '../../core/channel/move-request.ts';
import { areAllDone, isRevoked, saysRevoked } from '../../core/channel/revocation.ts';
import { buildKey, type BuildIdentity } from '../../core/tags.ts';
import { variantImages, type Together } from '../../core/variants/together.ts';
import { buildOfVariant, imagesMadeIn } from '../../core/variants/whole-moves.ts';
import { refuseMove } from '../channel/resolve-move.ts';
import { resolveRevoke } from '../channel/resolve-revoke.ts';
import type { MovePlace } from '../channel/see-moving.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { moveAway, movesAway, seeHolding, type Holding } from './moves-away.ts';

/** Earlier builds of all that are looked at for one whose images are all healthy. */
const mostTried = 12;

const askedWhole = ({ recipe, build = '' }: MoveRequest, wholes: Together[]): Together =>
  wholes.find((one) => one.build === build) ??
  refuseMove(`${build} did not publish the variants of ${recipe}, so there is nothing to revoke or restore`);

const isRevokedNow = async (artifacts: Artifacts, one: BuildIdentity): Promise<boolean> =>
  isRevoked(await readDocument(artifacts, one, 'revocation'));

/** The builds of the variants that a restore gives back: those that are revoked. */
export async function revokedOf(
  artifacts: Artifacts,
  request: MoveRequest,
  wholes: Together[],
): Promise<BuildIdentity[]> {
  const made = imagesMadeIn(askedWhole(request, wholes));
  const revoked: BuildIdentity[] = [];
  for (const one of made) if (await isRevokedNow(artifacts, one)) revoked.push(one);
  return revoked.length > 0 ? revoked : made;
}

/**
 * The builds that are still to be revoked. An execution that died before all of its builds were revoked is taken back, so its builds
 * count as not revoked. @throws MoveRefused if there are none.
 */
async function toRevoke(artifacts: Artifacts, made: BuildIdentity[]): Promise<BuildIdentity[]> {
  const read = (one: BuildIdentity) => readDocument(artifacts, one, 'revocation');
  const found = await Promise.all(made.map(async (one) => ({ one, revocation: await read(one) })));
  const open: BuildIdentity[] = [];
  for (const { one, revocation } of found) {
    const { execution = '' } = revocation ?? {};
    const first = found.find((other) => other.revocation?.execution === execution && other.revocation.together);
    const builds = await Promise.all((first?.revocation?.together ?? [one]).map(read));
    if (!isRevoked(revocation) || !areAllDone(builds, execution)) open.push(one);
  }
  const [last] = found;
  if (open.length === 0 && last && isRevoked(last.revocation))
    return refuseMove(saysRevoked(last.one.build, last.revocation));
  return open;
}

/** The moves of channels to the images of an earlier build of all, or what is wrong with that build. */
async function movesTo(
  artifacts: Artifacts,
  request: MoveRequest,
  {
    holdings,
    earlier,
    revoked,
    place,
  }: { holdings: Holding[]; earlier: Together; revoked: ReadonlySet<string>; place: MovePlace },
): Promise<{ moves: PlannedMove[]; wrong: string[] }> {
  const moves: PlannedMove[] = [];
  for (const holding of holdings) {
    const { recipe, build } = holding;
    const wanted = buildOfVariant(earlier, recipe);
    if (wanted === build && !revoked.has(buildKey(holding))) continue;
    const isWanted = (one: string) => one === wanted && !revoked.has(buildKey({ recipe, build: one }));
    const { move, wrong } = await moveAway(artifacts, request, holding, isWanted, place);
    if (!move)
      return { moves: [], wrong: [`${earlier.build} has no healthy image for ${holding.look.parameter}`, ...wrong] };
    moves.push(move);
  }
  return { moves, wrong: [] };
}

/**
 * Decides what the revoke of a build of all variants does. Every image that it made is disabled. All channels go back to the images of
 * one earlier build, so that the variants stay together. A variant that was up to date keeps its image, and goes back with the others.
 */
export async function resolveWholeRevoke(
  artifacts: Artifacts,
  request: MoveRequest,
  place: MovePlace,
  wholes: Together[],
) {
  const whole = askedWhole(request, wholes);
  const made = imagesMadeIn(whole);
  const asked = await toRevoke(artifacts, made);
  const own = new Set(made.map(buildKey));
  const held = variantImages(whole).map((one) => seeHolding(artifacts, request, one, place));
  const holdings = (await Promise.all(held)).flat();
  /** All variants go back at once. Builds that were made from them go back by themselves. */
  const away = async (builds: BuildIdentity[], revoked: ReadonlySet<string>): Promise<PlannedMove[]> => {
    const others = builds.filter((one) => !own.has(buildKey(one)));
    const moves = others.length < builds.length ? await movesBack(revoked) : [];
    return [...moves, ...(await movesAway(artifacts, request, others, revoked, place))];
  };
  async function movesBack(revoked: ReadonlySet<string>): Promise<PlannedMove[]> {
    if (!holdings.some((one) => revoked.has(buildKey(one)))) return [];
    const reasons: string[] = [];
    for (const earlier of wholes.filter(({ build }) => build < whole.build).slice(0, mostTried)) {
      const { moves: found, wrong } = await movesTo(artifacts, request, { holdings, earlier, revoked, place });
      if (wrong.length === 0) return found;
      reasons.push(...wrong);
    }
    const cure = `build ${whole.recipe} again, so that the channels hold another build, and then revoke ${whole.build}`;
    return refuseMove(
      [`channels hold ${whole.build}, and no earlier build of ${whole.recipe} is healthy; ${cure}:`, ...reasons].join(
        '\n',
      ),
    );
  }
  const plan = await resolveRevoke(artifacts, request, place, { asked, away });
  return { ...plan, whole: { recipe: whole.recipe, build: whole.build } };
}
