import type { ExecutionReference } from '../build/identity.ts';
import { canonical, writtenDigest } from '../build/content-digest.ts';
import { asDeployed } from '../deployment/deployment-settings.ts';
import type { Manifest } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { Requested } from './execution-input.ts';
import { heldFor, retriedPlan, retryProblems, type Retry } from '../retry/retry-build.ts';
import type { AmiDescription } from '../launch/source.ts';

/** Everything that is wrong with starting a build again. `images` are the build's images in the pipeline's region. */
export const rebuildProblems = (
  plan: Plan | undefined,
  requested: Pick<Requested, 'recipe' | 'special' | 'from' | 'replan'>,
  manifest: Manifest | undefined,
  images: AmiDescription[],
  { now, inlineRecipes, next }: { now: Date; inlineRecipes: boolean; next?: Plan | undefined },
): Problem[] => [
  ...[rebuildProblem(plan, requested, manifest, images, now) ?? []].flat(),
  ...retryProblems(plan, heldFor(manifest, now), { ...requested, next }, inlineRecipes),
];

function rebuildProblem(
  plan: Plan | undefined,
  { recipe, special, replan }: Pick<Requested, 'recipe' | 'special' | 'replan'>,
  manifest: Manifest | undefined,
  images: AmiDescription[],
  now: Date,
): Problem | undefined {
  const problem = (what: string, next = 'start the recipe without "build"'): Problem => ({
    path: ['build'],
    message: `${(plan ?? manifest)?.build} ${what}; ${next}`,
  });
  const changed = () =>
    plan && special && !replan && !isPlanned(recipe, plan)
      ? problem(
          'keeps the recipe it was planned with',
          'to change something, start without "build", or with "replan": true on a held builder',
        )
      : undefined;
  if (manifest?.status === 'up-to-date')
    return problem('made nothing: the image was up to date', 'to build anyway, start with "force": true');
  if (!plan) return undefined;
  if (manifest?.status === 'failed') {
    const { error, kept = [] } = manifest.failure ?? {};
    // On a held builder the build goes on before it has an image.
    if (heldFor(manifest, now)?.role === 'builder') return changed();
    if (kept.length === 0) return problem(`failed and was undone (${error})`);
    // A sweep may be removing the image at this moment.
    const expired = kept.find(({ expires }) => expires !== null && new Date(expires) <= now);
    if (expired) return problem(`failed (${error}) and its image was kept only until ${expired.expires}`);
    // Copies of a lost image would be taken for copies of the new one, but they are not.
    if (!images.some(({ state }) => state === 'available'))
      return problem(`failed (${error}), and the image that was kept in ${plan.region} is gone`);
  }
  if (manifest?.status === 'published' && images.length === 0)
    return problem('was published and its image has been removed since');
  return changed();
}

/**
 * Whether a plan was made from this recipe. The comparison uses the recipe as written, since the deployment may fill in other
 * networks today. A plan of an earlier version has no digest of that. Then the recipe gets its missing values from the plan.
 */
const isPlanned = (recipe: Recipe, { written, document }: Plan): boolean =>
  written === undefined
    ? canonical(asDeployed(recipe, document.builder)) === canonical(document)
    : writtenDigest(recipe) === written;

/**
 * The plan for continuing a build. It changes only if the build failed and was undone, except for its image or for an instance
 * that is held.
 */
export function resumed(
  plan: Plan,
  manifest: Manifest | undefined,
  { id, startedAt }: ExecutionReference,
  { now, ...retry }: Retry & { now: Date },
): Plan {
  if (manifest?.status !== 'failed') return plan;
  const undoneAt = manifest.timings.at(-1)?.startedAt ?? '';
  // The build was resumed again and stopped, but not undone. Resources that were requested with its tokens may still appear.
  if (plan.resumedAt !== undefined && plan.resumedAt > undoneAt) return plan;
  // This time a candidate will judge the image.
  const resumedBy = [...(plan.resumedBy ?? []), id];
  const resumedAt = new Date(startedAt).toISOString();
  const again = { ...plan, ...(plan.unjudged && { unjudged: false }), resumedAt, resumedBy };
  const held = heldFor(manifest, now);
  return held ? retriedPlan(again, held, retry) : again;
}
