import type { MoveCandidate } from '../../core/channel/candidates.ts';
import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import type { MoveRequest } from '../../core/channel/move-request.ts';
import type { Together } from '../../core/variants/together.ts';
import { buildOfVariant, wholeHeld, wholesBefore } from '../../core/variants/whole-moves.ts';
import { judgedCandidate, plannedMove, refuseMove, rollbackChoices } from '../channel/resolve-move.ts';
import { seeMoving, type MovePlace } from '../channel/see-moving.ts';
import type { Artifacts } from '../memory/artifacts.ts';

type Moving = Awaited<ReturnType<typeof seeMoving>>;

/** A look at so many other builds must be enough to offer one. */
const mostOffers = 6;

/** The variants' channels as they are now. Those of the newest build count: a variant that is gone from the recipe stays. */
async function seeVariants(artifacts: Artifacts, request: MoveRequest, place: MovePlace, newest: Together) {
  const recipes = Object.keys(newest.variants);
  return Promise.all(recipes.map((recipe) => seeMoving(artifacts, { ...request, recipe }, place)));
}

/** What each variant's channel moves to by a build of all, and every reason why it must not. Channels that hold it already stay. */
async function judgeWhole(artifacts: Artifacts, seen: Moving[], whole: Together) {
  const moving: { one: Moving; candidate: MoveCandidate }[] = [];
  const problems: string[] = [];
  for (const one of seen) {
    const { look, reach } = one;
    const build = buildOfVariant(whole, look.recipe);
    if (build === look.current && build !== undefined) continue;
    if (build === undefined) problems.push(`${whole.build} has no ${look.recipe}: name each variant that is to move`);
    else {
      const { candidate, problems: own } = await judgedCandidate(artifacts, look, reach, build);
      problems.push(...own.map((problem) => `${look.recipe}: ${problem}`));
      moving.push({ one, candidate });
    }
  }
  return { moving, problems };
}

const heldIn = (seen: Moving[]): string =>
  seen
    .map(({ look: { recipe, channel, current } }) => `${recipe}/${channel} holds ${current ?? 'no single build'}`)
    .join(', ');

/** The build of all in the variants' own channels, which a promotion takes without a build. */
async function standardWhole({ recipe }: MoveRequest, seen: Moving[], wholes: Together[]): Promise<Together> {
  if (seen.every(({ look, own }) => look.channel === own))
    return refuseMove(`this is the own channel of all variants of ${recipe}: name the build that it gets`);
  const held = await Promise.all(
    seen.map(async ({ look, own, ownBuild }) => ({
      recipe: look.recipe,
      current: look.channel === own ? look.current : await ownBuild(),
    })),
  );
  const says = held.map((one) => `${one.recipe} holds ${one.current ?? 'no single build'}`).join(', ');
  return (
    wholeHeld(wholes, held) ??
    refuseMove(`the variants' own channels do not hold images of one build of ${recipe}: ${says}; name a build`)
  );
}

/** Decides to which build of all the variants go, and names others that they may go to. @throws MoveRefused */
async function chooseWhole(artifacts: Artifacts, request: MoveRequest, seen: Moving[], wholes: Together[]) {
  const { verb, recipe, build } = request;
  const states = await Promise.all(
    seen.map(async ({ look, own }) => {
      const { before } = await rollbackChoices(artifacts, look, own);
      return { recipe: look.recipe, current: look.current, before };
    }),
  );
  const others = wholesBefore(wholes, states);
  if (build !== undefined) {
    const asked = wholes.find((one) => one.build === build);
    return { whole: asked ?? refuseMove(`${build} did not publish the variants of ${recipe}`), others };
  }
  if (verb === 'promote') return { whole: await standardWhole(request, seen, wholes), others };
  const [first] = others;
  const refusal = `there is no build that all variants of ${recipe} can be rolled back to: ${heldIn(seen)}; name a build, or roll a variant back by its name`;
  return { whole: first ?? refuseMove(refusal), others };
}

/** Decides what a promotion or a rollback of all variants moves. @throws RecipeInvalid or MoveRefused, with every reason. */
export async function resolveWholeMove(
  artifacts: Artifacts,
  request: MoveRequest,
  place: MovePlace,
  wholes: Together[],
) {
  const { recipe } = request;
  const [newest] = wholes;
  if (!newest) return refuseMove(`no build of ${recipe} has published its variants yet`);
  const seen = await seeVariants(artifacts, request, place, newest);
  const { whole, others } = await chooseWhole(artifacts, request, seen, wholes);
  const { moving, problems } = await judgeWhole(artifacts, seen, whole);
  if (problems.length > 0) {
    const offer = await healthyOther(
      artifacts,
      seen,
      others.filter((one) => one !== whole),
    );
    return refuseMove(
      [`the variants of ${recipe} do not move to ${whole.build}, and none moves alone:`, ...problems, offer].join('\n'),
    );
  }
  if (moving.length === 0)
    return refuseMove(`all variants hold their images of ${whole.build} already: ${heldIn(seen)}`);
  const moves: PlannedMove[] = [];
  for (const { one, candidate } of moving) {
    const own = { ...request, recipe: one.look.recipe };
    moves.push(await plannedMove(artifacts, own, one.look, candidate, { ...place, reach: one.reach }));
  }
  return { moves, builds: [], rebuild: [], hits: null, whole: { recipe, build: whole.build } };
}

async function healthyOther(artifacts: Artifacts, seen: Moving[], others: Together[]): Promise<string> {
  for (const one of others.slice(0, mostOffers)) {
    const { moving, problems } = await judgeWhole(artifacts, seen, one);
    if (problems.length === 0 && moving.length > 0) return `${one.build} is healthy: name that build to move to it`;
  }
  return 'no other build is healthy for all of them';
}
