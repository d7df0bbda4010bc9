import { fewOf } from '../distribute/distribution.ts';
import { inPlace, placeName, type Place } from '../distribute/place.ts';
import { durationOf, secondsOf } from '../duration.ts';
import type { Timing } from '../build/timings.ts';
import type { Manifest, ManifestTarget } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import type { PublishedBuild } from '../build/record.ts';
import type { Recipe } from '../recipe/types.ts';
import { defaultRebuildAfter } from '../recipe/upkeep.ts';
import type { AmiDescription } from '../launch/source.ts';

/** Why a published image is too old, even if nothing else has changed. Undefined if it is not. */
export function tooOld({ build, at }: PublishedBuild, { triggers }: Recipe, now: Date): string | undefined {
  const after = triggers?.rebuildAfter ?? defaultRebuildAfter;
  const age = (now.getTime() - new Date(at).getTime()) / 1000;
  return age > secondsOf(after)
    ? `${build} was published ${durationOf(age)} ago, and rebuildAfter is ${after}`
    : undefined;
}

/** Why the newest published build differs from a plan, as far as its record tells. Undefined if it may be the same. */
export function outdated(plan: Plan, published: PublishedBuild, now: Date): string | undefined {
  const { build, digest, source } = published;
  if (source !== plan.source.ami) return `the source image is ${plan.source.ami}, and ${build} was made from ${source}`;
  if (digest !== plan.digest)
    return `the recipe, one of its scripts or the version of the pipeline has changed since ${build}`;
  return tooOld(published, plan.document, now);
}

/** The targets that a build published, or the reason why some of the recipe's targets are missing. */
export function publishedTargets(build: string, manifest: Manifest | undefined): ManifestTarget[] | string {
  if (manifest?.status !== 'published') return `the manifest of ${build} does not say that it was published`;
  const missing = manifest.targets.filter(({ status }) => status !== 'published');
  if (missing.length === 0) return manifest.targets;
  return `${fewOf(missing.map(placeName), ', ')} did not get the image of ${build}`;
}

/** The state of a published image and its channel in a target. */
export interface TargetSeen extends Place {
  /** The AMI. Undefined if EC2 no longer knows it. */
  image?: AmiDescription | undefined;
  /** Every difference between its encryption and the recipe. An alias may point at another key by now. */
  wrong?: string[];
  /** The AMI id in the channel. */
  channel?: string | undefined;
  /** AWS's message if it refused the look. */
  refused?: string | undefined;
}

/**
 * Every reason why servers should no longer boot from the published targets. Empty means the image is up to date.
 * @param carries The digest that the images have as a tag.
 */
export function unhealthy(
  plan: Plan,
  targets: ManifestTarget[],
  seen: TargetSeen[],
  now: Date,
  carries: string = plan.digest,
): string[] {
  return targets.flatMap(({ ami, ...target }) => {
    const region = placeName(target);
    const { image, wrong = [], channel, refused }: Partial<TargetSeen> = inPlace(seen, target) ?? {};
    // An unread region counts as a reason to build, since nothing is claimed that was not seen.
    if (refused !== undefined) return [`${region} cannot be looked at: ${refused}`];
    const where = `${ami} in ${target.region}`;
    if (!image) return [`${where} is gone`];
    const expires = image.tags['golden:expires'];
    const deprecated = image.deprecatedAt !== undefined && new Date(image.deprecatedAt) <= now;
    return [
      ...(image.state === 'available' ? [] : [`${where} is ${image.state}`]),
      ...(deprecated ? [`${where} is deprecated`] : []),
      ...(expires === undefined ? [] : [`${where} is only kept until ${expires}`]),
      ...wrong.map((one) => `in ${region} ${one}`),
      ...(image.tags['golden:digest'] === carries ? [] : [`${where} does not carry the tag golden:digest`]),
      ...(!plan.document.publish || channel === ami ? [] : [`the channel in ${region} holds ${channel ?? 'nothing'}`]),
    ];
  });
}

/**
 * The manifest of a build that found an earlier build's image up to date. It takes over what the earlier manifest says about the
 * image.
 */
export function upToDateManifest(published: Manifest, build: string, timings: Timing[], notes: string[]): Manifest {
  const { cost: _spentThen, notes: _toldThen, ...image } = published;
  return { ...image, build, status: 'up-to-date', timings, failure: null, ...(notes.length > 0 && { notes }) };
}
