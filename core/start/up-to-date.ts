import { fewOf } from '../distribute/distribution.ts';
import { durationOf, secondsOf } from '../duration.ts';
import type { Manifest, ManifestTarget, Timing } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import type { PublishedBuild } from '../build/record.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { defaultRebuildAfter } from '../recipe/upkeep.ts';
import type { AmiDescription } from '../launch/source.ts';

/** Why a published image is too old to be up to date, although nothing else may have changed; undefined where it is not. */
export function tooOld({ build, at }: PublishedBuild, { triggers }: Recipe, now: Date): string | undefined {
  const after = triggers?.rebuildAfter ?? defaultRebuildAfter;
  const age = (now.getTime() - new Date(at).getTime()) / 1000;
  return age > secondsOf(after)
    ? `${build} was published ${durationOf(age)} ago, and rebuildAfter is ${after}`
    : undefined;
}

/** Why the newest published build is not what a plan would come to, as far as its record tells; undefined where it may be. */
export function outdated(plan: Plan, published: PublishedBuild, now: Date): string | undefined {
  const { build, digest, source } = published;
  if (source !== plan.source.ami) return `the source image is ${plan.source.ami}, and ${build} was made from ${source}`;
  if (digest !== plan.digest)
    return `the recipe, a script of it or the version of the pipeline has changed since ${build}`;
  return tooOld(published, plan.document, now);
}

/** The targets that a build published, or why not all of the recipe's are among them. */
export function publishedTargets(build: string, manifest: Manifest | undefined): ManifestTarget[] | string {
  if (manifest?.status !== 'published') return `the manifest of ${build} does not say that it was published`;
  const missing = manifest.targets.filter(({ status }) => status !== 'published');
  if (missing.length === 0) return manifest.targets;
  return `${fewOf(
    missing.map(({ region }) => region),
    ', ',
  )} did not get the image of ${build}`;
}

/** What a target region shows now of an image that was published there. */
export interface TargetSeen {
  region: string;
  /** The AMI, undefined where EC2 does not know it any more; nor does it show one that is disabled. */
  image?: AmiDescription | undefined;
  /** Everything in which its encryption is not as the recipe asks. An alias may mean another key by now. */
  wrong?: string[];
  /** What the channel holds. */
  channel?: string | undefined;
  /** AWS's words where it does not let us look. */
  refused?: string | undefined;
}

/** Everything by which published targets are no longer what servers should boot from. Empty means the image is up to date. */
export function unhealthy(plan: Plan, targets: ManifestTarget[], seen: TargetSeen[], now: Date): string[] {
  return targets.flatMap(({ region, ami }) => {
    const { image, wrong = [], channel, refused } = seen.find((one) => one.region === region) ?? {};
    // Whether that matters is for the build to find out: nothing is claimed that was not seen.
    if (refused !== undefined) return [`${region} cannot be looked at: ${refused}`];
    const where = `${ami} in ${region}`;
    if (!image) return [`${where} is gone or disabled`];
    const expires = image.tags['golden:expires'];
    const deprecated = image.deprecatedAt !== undefined && new Date(image.deprecatedAt) <= now;
    return [
      ...(image.state === 'available' ? [] : [`${where} is ${image.state}`]),
      ...(deprecated ? [`${where} is deprecated`] : []),
      ...(expires === undefined ? [] : [`${where} is only kept until ${expires}`]),
      ...wrong.map((one) => `in ${region} ${one}`),
      ...(image.tags['golden:digest'] === plan.digest ? [] : [`${where} does not carry the tag golden:digest`]),
      ...(!plan.document.publish || channel === ami ? [] : [`the channel in ${region} holds ${channel ?? 'nothing'}`]),
    ];
  });
}

/** The manifest of a build that found the image of an earlier one up to date: what there is to say of the image is the same. */
export function upToDateManifest(published: Manifest, build: string, timings: Timing[]): Manifest {
  const { cost: _spentThen, ...image } = published;
  return { ...image, build, status: 'up-to-date', timings, failure: null };
}
