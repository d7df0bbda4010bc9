import { accountPlaceName, inAccountPlace } from '../accounts/account-copies.ts';
import type { AccountValue } from '../accounts/account-ledger.ts';
import type { Manifest, ManifestTarget } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import type { ChannelValue } from '../distribute/channel.ts';
import { fewOf } from '../distribute/distribution.ts';
import { placeName } from '../distribute/place.ts';
import type { AmiDescription } from '../launch/source.ts';
import { happened, type Move } from './channel-record.ts';
import { copiesOfManifest } from './moved-beside.ts';
import { isRevoked, saysRevoked, type Revocation } from './revocation.ts';

/** A build that a channel may move to, as the bucket and EC2 know it. */
export interface MoveCandidate {
  build: string;
  manifest: Manifest | undefined;
  plan: Plan | undefined;
  revocation?: Revocation | undefined;
  /** Its AMIs, by placeName. An AMI that is gone is absent. */
  images: Record<string, AmiDescription | undefined>;
  /** Its copies in the accounts that the channel has, by accountPlaceName. */
  copies?: Record<string, AmiDescription | undefined>;
}

/** The targets of a candidate that were published. */
export const targetsOf = ({ manifest }: Pick<MoveCandidate, 'manifest'>): ManifestTarget[] =>
  (manifest?.targets ?? []).filter(({ status, ami }) => status === 'published' && ami !== null);

function unpublished({ build, manifest }: MoveCandidate): string | undefined {
  if (!manifest) return `there is no manifest of ${build}: it was never built here, or it still runs`;
  if (manifest.status === 'up-to-date') {
    const image = manifest.image?.name ?? 'an earlier build';
    return `${build} made nothing, since ${image} was up to date`;
  }
  return manifest.status === 'published'
    ? undefined
    : `${build} failed (${manifest.failure?.error}), so its checks do not count`;
}

function imageProblems(what: string, image: AmiDescription | undefined): string[] {
  if (!image) return [`${what} is gone`];
  return image.state === 'available' ? [] : [`${what} is ${image.state}`];
}

/** What keeps a channel of other accounts from moving: a missing copy, or a copy that nobody can launch. */
function accountProblems({ build, manifest, copies = {} }: MoveCandidate, there: AccountValue[]): string[] {
  const known = copiesOfManifest(manifest);
  const without = there.filter((one) => one.ami !== undefined && !inAccountPlace(known, one)).map(accountPlaceName);
  const cure = `golden distribute ${manifest?.recipe} --build ${build} makes it`;
  return [
    ...(without.length > 0
      ? [`${build} has no copy in ${fewOf(without, ', ')}, where the channel has one; ${cure}`]
      : []),
    ...known.flatMap(({ ami, ...at }) => {
      const where = accountPlaceName(at);
      return where in copies ? imageProblems(`${ami} in ${where}`, copies[where]) : [];
    }),
  ];
}

/** Every reason why a channel must not move to a build. @param there What the channel holds in other accounts. */
export function candidateProblems(
  candidate: MoveCandidate,
  values: ChannelValue[],
  there: AccountValue[] = [],
): string[] {
  const { build, plan, images, revocation } = candidate;
  const wrong = unpublished(candidate);
  if (wrong !== undefined) return [wrong];
  if (isRevoked(revocation)) return [saysRevoked(build, revocation)];
  if (!plan) return [`the plan of ${build} is gone, so nobody can tell what its image must be`];
  const targets = targetsOf(candidate);
  const reached = new Set(targets.map(placeName));
  const beyond = values
    .filter(({ ami }) => ami !== undefined)
    .map(placeName)
    .filter((name) => !reached.has(name));
  return [
    ...(plan.unjudged ? [`no candidate could judge ${build}`] : []),
    ...(beyond.length > 0 ? [`${build} has no image in ${fewOf(beyond, ', ')}, where the channel has one`] : []),
    ...targets.flatMap(({ ami, ...place }) => imageProblems(`${ami} in ${place.region}`, images[placeName(place)])),
    ...accountProblems(candidate, there),
  ];
}

/** Builds that somebody took back from the channel and nobody put there again. */
function takenBackFrom(moves: Move[]): Set<string> {
  const bad = new Set<string>();
  for (const { verb, from, to } of moves) {
    if ((verb === 'rollback' || verb === 'revoke') && from) bad.add(from.build);
    else bad.delete(to.build);
  }
  return bad;
}

/** The builds that a channel has held, by its moves. */
export const buildsHeld = (moves: Move[]): Set<string> =>
  new Set(moves.filter(happened).flatMap(({ from, to }) => (from ? [from.build, to.build] : [to.build])));

/**
 * The builds that a rollback may go to, best first: the one that the current build replaced, then what the channel held before,
 * newest first, then the recipe's other builds that are older.
 */
export function rollbackOrder(moves: Move[], current: string | undefined, builds: string[]): string[] {
  const past = moves.filter(happened);
  const replaced = past.findLast(({ verb, to }) => (verb === 'publish' || verb === 'promote') && to.build === current)
    ?.from?.build;
  const held = past.flatMap(({ from, to }) => [from?.build, to.build]).toReversed();
  const older = builds
    .filter((build) => current === undefined || build < current)
    .toSorted()
    .toReversed();
  const bad = takenBackFrom(past);
  const order = [replaced, ...held, ...older].filter((build) => build !== undefined);
  return [...new Set(order)].filter((build) => build !== current && !bad.has(build));
}

/** The builds that a channel may be offered in a promotion, the newest first. None was taken back from it. */
export function promotionOrder(moves: Move[], current: string | undefined, builds: string[]): string[] {
  const bad = takenBackFrom(moves.filter(happened));
  const sound = builds.filter((build) => build !== current && !bad.has(build));
  return sound.toSorted().toReversed();
}
