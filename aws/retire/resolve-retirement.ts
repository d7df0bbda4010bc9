import { decideByPolicy, withUsage, type RetireDecision } from '../../core/retire/decide-retirement.ts';
import { dueStep } from '../../core/retire/due-step.ts';
import type { RetiringPolicy } from '../../core/retire/new-policies.ts';
import type { RetireRow } from '../../core/retire/retire-report.ts';
import { underCap } from '../../core/retire/run-cap.ts';
import { buildKey, keptTag } from '../../core/tags.ts';
import { askPermission, usagePermissions } from '../usage/usage-permissions.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { channelsSeenPermissions, readChannels } from './channels-seen.ts';
import { listImages, listingImagesPermissions, type ImageListing } from './image-listing.ts';
import { readRetiringBuilds } from './retiring-builds.ts';
import type { usesReader } from './uses.ts';

/** What resolveRetirement calls. */
export const resolvingPermissions = [
  ...new Set([
    ...listingImagesPermissions,
    ...channelsSeenPermissions,
    ...usagePermissions,
    askPermission,
    'sts:AssumeRole',
  ]),
];

/** Where and when a retirement is decided. */
export interface RetirePlace {
  account: string;
  root: string;
  /** Regions that recipes use. */
  used: string[];
  /** The asking execution. */
  execution: string;
  /** Who asks. */
  who: string;
  now: Date;
}

/** What is due by age and policy, with builds that are whole: each part of them was looked at. */
async function dueIn(
  artifacts: Artifacts,
  { name, publish, retire }: RetiringPolicy,
  listing: ImageListing,
  { root, execution, who, now }: RetirePlace,
): Promise<RetireDecision[]> {
  // A person has restored such an image from the archive, and its policy has retired it once.
  const images = listing.images.filter(({ tags }) => tags[keptTag] === undefined);
  const builds = await readRetiringBuilds(artifacts, { ...listing, images }, [name], execution);
  const channels = await readChannels(artifacts, { recipe: name, own: publish?.channel, root }, listing);
  const decisions = decideByPolicy({ recipe: name, policy: retire, builds, channels }, now);
  return Promise.all(
    decisions.map(async (decision, index) => {
      const build = builds[index];
      if (decision.verdict.step === undefined || !build) return decision;
      const { wholeBuild } = await import('./whole-builds.ts'); // only where a step may be due
      const whole = await wholeBuild(artifacts, build, listing, { verb: 'retire', who });
      return { ...decision, amis: whole.amis, verdict: dueStep(whole, retire, now) };
    }),
  );
}

/**
 * Decides which images take a step, by the policies of recipes. Changes nothing, but asks EC2 for usage reports.
 * @param sources Text in which an AMI id counts as a use: the recipes, which may name an AMI as their source.
 */
export async function resolveRetirement(
  artifacts: Artifacts,
  recipes: RetiringPolicy[],
  place: RetirePlace,
  { cap, sources }: { cap: number; sources: string },
): Promise<{ rows: RetireRow[] } & Pick<ImageListing, 'regions' | 'notLooked'>> {
  const listing = await listImages(artifacts.aws, place.root, place.used);
  const decided: RetireDecision[] = [];
  for (const recipe of recipes) decided.push(...(await dueIn(artifacts, recipe, listing, place)));
  const unnamed = decided.map((one) => {
    const named = one.verdict.step !== undefined && one.amis.find(({ ami }) => sources.includes(ami));
    return named ? { ...one, verdict: { reason: `a recipe names ${named.ami} as its source` } } : one;
  });
  const { account, who, now } = place;
  const by = { verb: 'retire', who };
  let readUses: ReturnType<typeof usesReader> | undefined;
  const due = await underCap(unnamed, cap, async (some) => {
    // Loaded here: on most days nothing is due.
    readUses ??= (await import('./uses.ts')).usesReader(artifacts, { account, regions: listing.regions, now, by });
    const uses = await readUses(some);
    return some.map((one) => withUsage(one, uses, now));
  });
  const policies = new Map(recipes.map(({ name, retire }) => [name, retire]));
  const rows = due.map((one): RetireRow => {
    const { recipe, build, amis, verdict } = one;
    const snapshots = policies.get(recipe)?.snapshots ?? 'keep';
    return { recipe, build, step: verdict.step ?? null, reason: verdict.reason, amis, snapshots };
  });
  const { regions, notLooked } = listing;
  return { rows: rows.toSorted((a, b) => (buildKey(a) < buildKey(b) ? -1 : 1)), regions, notLooked };
}
