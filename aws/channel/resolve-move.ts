import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import { happened, holding, type Move } from '../../core/channel/channel-record.ts';
import {
  buildsHeld,
  candidateProblems,
  promotionOrder,
  rollbackOrder,
  targetsOf,
  type MoveCandidate,
} from '../../core/channel/candidates.ts';
import { moverOf, type MoveRequest } from '../../core/channel/move-request.ts';
import { heldByOthers } from '../../core/distribute/channel-owner.ts';
import { inPlace, onlyPlace } from '../../core/distribute/place.ts';
import { Failure } from '../../core/errors.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { channelNames } from '../memory/channel-names.ts';
import { knownBuilds, readCandidate } from './candidates.ts';
import { besideOf, withCopies, type ChannelReach } from '../moves/channel-reach.ts';
import type { SeenChannel } from './channel-look.ts';
import { seeMoving, type MovePlace } from './see-moving.ts';

export const refuseMove = (message: string): never => {
  throw new Failure('MoveRefused', message);
};

/** A look at so many other builds must be enough to offer one. */
const mostOffers = 12;

/** A build with its copies in other accounts, and every reason why a channel must not move to it. */
export async function judgedCandidate(artifacts: Artifacts, look: SeenChannel, reach: ChannelReach, build: string) {
  const candidate = await withCopies(await readCandidate(artifacts, look.recipe, build), reach);
  return { candidate, problems: candidateProblems(candidate, look.values, reach.there) };
}

/** The first healthy build of a list, and what is wrong with those before it. */
export async function firstHealthy(artifacts: Artifacts, look: SeenChannel, reach: ChannelReach, builds: string[]) {
  const wrong: string[] = [];
  for (const build of builds.slice(0, mostOffers)) {
    const { candidate, problems } = await judgedCandidate(artifacts, look, reach, build);
    if (problems.length === 0) return { candidate, wrong };
    wrong.push(...problems);
  }
  return { candidate: undefined, wrong };
}

/**
 * The builds that a rollback of a channel may be offered, and those that it may go to by itself, best first. A promotion is offered
 * the `newest`.
 */
export async function rollbackChoices(artifacts: Artifacts, look: SeenChannel, own: string | undefined) {
  const moves = look.record?.moves ?? [];
  const builds = await knownBuilds(artifacts, look.recipe);
  const order = rollbackOrder(moves, look.current, builds);
  // Builds that a further channel never held were never tried behind it, so a person has to name one.
  const held = buildsHeld(moves);
  const before = order.filter((build) => look.channel === own || held.has(build));
  return { order, before, newest: promotionOrder(moves, look.current, builds) };
}

/** Whether a channel holds nothing, and never did. Somebody may have deleted the parameters of a channel that did. */
const wasNeverHeld = ({ values, record }: SeenChannel): boolean =>
  values.every(({ ami }) => ami === undefined) && !record?.moves.some(happened);

/** Decides to which build a channel moves. @throws MoveRefused with every reason, and with a build that is healthy if there is one. */
async function chooseBuild(
  artifacts: Artifacts,
  { verb, build: asked }: MoveRequest,
  look: SeenChannel,
  reach: ChannelReach,
  { standard, own }: { standard: string | undefined; own: string | undefined },
): Promise<MoveCandidate> {
  if (verb === 'rollback' && look.channel !== own && wasNeverHeld(look)) {
    const names = await channelNames(artifacts, look.recipe, own);
    return refuseMove(
      `${look.parameter} never held a build, so nothing is rolled back; the channels of ${look.recipe} are ${names.join(', ')}`,
    );
  }
  const { order, before, newest } = await rollbackChoices(artifacts, look, own);
  const wanted = asked ?? (verb === 'promote' ? standard : before[0]);
  if (wanted === undefined)
    return refuseMove(
      verb === 'promote' && look.channel === own
        ? `${look.parameter} is the recipe's own channel: name the build that it gets`
        : verb === 'promote'
          ? `there is no build to promote: the recipe's own channel does not hold one build in all of its regions; name a build`
          : `there is nothing to roll ${look.parameter} back to: it holds ${look.current ?? 'no single build'}, and ${order[0] === undefined ? 'no earlier build is known' : `held no other build; ${order[0]} is older: name a build, as with --to ${order[0]}`}`,
    );
  if (wanted === look.current) return refuseMove(`${look.parameter} holds ${wanted} already, in every region`);
  const { candidate, problems } = await judgedCandidate(artifacts, look, reach, wanted);
  if (problems.length === 0) return candidate;
  const offers = verb === 'rollback' ? order : newest;
  const others = offers.filter((build) => build !== wanted);
  const { candidate: other } = await firstHealthy(artifacts, look, reach, others);
  const offer = other ? `${other.build} is healthy: name that build to move to it` : 'no other build is healthy';
  return refuseMove([`${look.parameter} does not move to ${wanted}:`, ...problems, offer].join('\n'));
}

const moveVerb = (verb: MoveRequest['verb']): Move['verb'] => (verb === 'restore' ? 'promote' : verb);

/** The move of one channel to one build. @throws MoveRefused if another deployment has the channel, or a launch template. */
export async function plannedMove(
  artifacts: Artifacts,
  { verb, why, ...request }: MoveRequest,
  look: SeenChannel,
  candidate: MoveCandidate,
  { execution, now, reach }: MovePlace & { reach: ChannelReach },
): Promise<PlannedMove> {
  const { build, plan } = candidate;
  const { recipe, channel, parameter, record, values, holders, current } = look;
  const others = heldByOthers(parameter, plan?.deployment, holders);
  if (others.length > 0) return refuseMove(others.join('\n'));
  const after = targetsOf(candidate).map(({ ami, ...at }) => ({ ...onlyPlace(at), ami: ami ?? '' }));
  const { beside, problems, notes } = await besideOf(artifacts, look, candidate, after, reach);
  if (problems.length > 0) return refuseMove([`${parameter} does not move to ${build}:`, ...problems].join('\n'));
  const known = holding(record, values);
  const from = current === undefined || known?.build === current ? known : { build: current };
  const move: Move = {
    verb: moveVerb(verb),
    execution,
    who: moverOf(request, execution),
    at: now.toISOString(),
    ...(why !== undefined && { why }),
    ...(from && { from }),
    to: { build, ...(plan && { digest: plan.digest }) },
    before: after.map((one) => inPlace(values, one) ?? onlyPlace(one)),
    after,
    ...beside,
  };
  return { recipe, channel, parameter, move, ...(notes.length > 0 && { notes }) };
}

/** Decides what an execution of move-channel moves. @throws RecipeInvalid or MoveRefused, with every reason. */
export async function resolveMove(artifacts: Artifacts, request: MoveRequest, place: MovePlace): Promise<PlannedMove> {
  const { look, reach, own, ownBuild } = await seeMoving(artifacts, request, place);
  const chosen = await chooseBuild(artifacts, request, look, reach, { standard: await ownBuild(), own });
  return plannedMove(artifacts, request, look, chosen, { ...place, reach });
}
