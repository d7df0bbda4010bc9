import { Failure } from '../../core/errors.ts';
import { usesAgainst } from '../../core/retire/decide-retirement.ts';
import { neededBuilds } from '../../core/retire/held-builds.ts';
import type { RetireRow } from '../../core/retire/retire-report.ts';
import type { RetireRequest } from '../../core/retire/retire-request.ts';
import { presentAmis, saysAmi, type RetiringBuild } from '../../core/retire/retiring.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readChannels } from './channels-seen.ts';
import { listImages, type ImageListing } from './image-listing.ts';
import type { RetirePlace } from './resolve-retirement.ts';
import { readRetiringBuilds } from './retiring-builds.ts';
import { usesReader } from './uses.ts';
import { wholeBuild } from './whole-builds.ts';

const refuse = (reasons: string[]): never => {
  throw new Failure('RetireRefused', reasons.join('\n'));
};

/** The build that a request names, by its id or by one of its AMIs. */
function identityIn({ recipe, build, ami }: RetireRequest, { images, regions }: ImageListing): BuildIdentity {
  if (ami === undefined) return { recipe: recipe ?? '', build: build ?? '' };
  const found = images.find((image) => image.ami === ami);
  const { 'golden:recipe': of, 'golden:build': id } = found?.tags ?? {};
  if (of === undefined || id === undefined)
    return refuse([
      `${ami} is no image of a recipe in ${regions.join(', ')}; an image that is already gone needs nothing`,
    ]);
  return { recipe: of, build: id };
}

/** Why nobody may deregister a build, even with evenIfUsed. */
function hindrances(build: RetiringBuild, needed: Map<string, string>): string[] {
  const { recipe, build: id, busy, unseen, published } = build;
  const need = needed.get(id);
  const locked = presentAmis(build).filter(({ isProtected }) => isProtected);
  return [
    ...(need === undefined ? [] : [`${recipe}-${id} stays: ${need}`]),
    // Its channels are below another root, so nobody here knows whether one holds it.
    ...(published === undefined && presentAmis(build).length > 0
      ? [`${recipe}-${id} has no record here: another deployment made it, and only that one may deregister it`]
      : []),
    ...(busy === undefined ? [] : [`${busy} is at work on ${recipe}-${id}`]),
    ...unseen.map((one) => `not all of ${recipe}-${id} could be looked at: ${one}`),
    ...locked.map(
      (ami) =>
        `${saysAmi(ami)} is protected against deregistration: aws ec2 disable-image-deregistration-protection --region ${ami.region} --image-id ${ami.ami}; with a cooldown, EC2 lets it go 24 hours after that`,
    ),
  ];
}

/**
 * Decides whether one image is deregistered, in all regions. An image that is already gone is no error.
 * @throws RetireRefused with every reason: a channel or a rollback needs it, somebody uses it, or nobody can tell.
 */
export async function resolveDeregister(
  artifacts: Artifacts,
  request: RetireRequest,
  place: RetirePlace,
): Promise<{ rows: RetireRow[] } & Pick<ImageListing, 'regions' | 'notLooked'>> {
  const { evenIfUsed = false, snapshots = 'delete', plan = false, why } = request;
  const { account, root, used, execution, who, now } = place;
  const by = { verb: 'deregister', who };
  const listing = await listImages(artifacts.aws, root, used);
  const { regions, notLooked } = listing;
  const identity = identityIn(request, listing);
  const { recipe, build } = identity;
  const builds = await readRetiringBuilds(artifacts, listing, [recipe], execution, identity);
  const none: RetiringBuild = { ...identity, amis: [], published: undefined, unseen: [] };
  const found = builds.find((one) => one.build === build) ?? none;
  const whole = await wholeBuild(artifacts, found, listing, by);
  const row: RetireRow = { ...identity, step: 'deregister', reason: why ?? 'asked for', amis: whole.amis, snapshots };
  const channels = await readChannels(artifacts, { recipe, own: undefined, root }, listing);
  const published = builds.filter((one) => one.published);
  const launchable = published
    .filter(({ amis }) => amis.length > 0 && amis.every(({ state }) => state === 'available'))
    .map((one) => one.build);
  const against = hindrances(whole, neededBuilds({ channels, launchable }));
  const decision = { ...identity, amis: whole.amis, verdict: { step: 'deregister' as const, reason: '' } };
  const uses = evenIfUsed ? [] : await usesReader(artifacts, { account, regions, now, by })([decision]);
  const inUse = evenIfUsed ? [] : usesAgainst('deregister', whole.amis, uses, now);
  if (against.length + inUse.length > 0)
    return refuse([...against, ...inUse.map((one) => `in use: ${one}; --even-if-used deregisters it anyway`)]);
  const gone = presentAmis(whole).length === 0;
  return {
    rows: [gone && !plan ? { ...row, step: null, reason: 'it is gone in every region' } : row],
    regions,
    notLooked,
  };
}
