import { canonical, writtenDigest } from '../build/content-digest.ts';
import { asDeployed } from '../deployment/deployment-settings.ts';
import type { Manifest } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import type { Problem, Recipe } from '../recipe/recipe.ts';
import type { AmiDescription } from '../launch/source.ts';

/** Why a build cannot be started again. `images` are those of the build in the pipeline's region. */
export function rebuildProblem(
  plan: Plan | undefined,
  { recipe, special }: { recipe: Recipe; special: boolean },
  manifest: Manifest | undefined,
  images: AmiDescription[],
  now: Date,
): Problem | undefined {
  const problem = (what: string, next = 'start the recipe without "build"'): Problem => ({
    path: ['build'],
    message: `${(plan ?? manifest)?.build} ${what}; ${next}`,
  });
  if (manifest?.status === 'up-to-date')
    return problem('made nothing: the image was up to date', 'to build all the same, start with "force": true');
  if (!plan) return undefined;
  if (manifest?.status === 'failed') {
    const { error, kept = [] } = manifest.failure ?? {};
    if (kept.length === 0) return problem(`failed and was undone (${error})`);
    // A sweep may be removing it this minute.
    const expired = kept.find(({ expires }) => expires !== null && new Date(expires) <= now);
    if (expired) return problem(`failed (${error}) and its image was kept until ${expired.expires} only`);
    // Copies of an image that is gone are not those of one made anew, though they would seem to be.
    if (!images.some(({ state }) => state === 'available'))
      return problem(`failed (${error}), and the image that was kept in ${plan.region} is gone`);
  }
  if (manifest?.status === 'published' && images.length === 0)
    return problem('was published and its image is gone since');
  if (special && !isPlanned(recipe, plan))
    return problem('keeps the recipe it was planned with', 'to change something, start without "build"');
  return undefined;
}

/**
 * Whether a plan was made of this recipe. The deployment may fill in other networks today, so that what was written counts.
 * An earlier version kept no digest of that: there the recipe gets from the plan what it leaves out.
 */
const isPlanned = (recipe: Recipe, { written, document }: Plan): boolean =>
  written === undefined
    ? canonical(asDeployed(recipe, document.builder)) === canonical(document)
    : writtenDigest(recipe) === written;

/** The plan with which a build goes on that failed and was undone, but for its image. Any other goes on with what it has. */
export function resumed(plan: Plan, manifest: Manifest | undefined, startedAt: string): Plan {
  if (manifest?.status !== 'failed') return plan;
  const undoneAt = manifest.timings.at(-1)?.startedAt ?? '';
  // Started again since, stopped, and not undone: what that execution asked for may still come to light under its tokens.
  if (plan.resumedAt !== undefined && plan.resumedAt > undoneAt) return plan;
  // A candidate will judge the image after all.
  return { ...plan, ...(plan.unjudged && { unjudged: false }), resumedAt: startedAt };
}
