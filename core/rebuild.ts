import type { Manifest } from './manifest.ts';
import type { Plan } from './plan.ts';
import type { Problem, Recipe } from './recipe.ts';
import type { AmiDescription } from './source.ts';

/** Why a build that has a plan cannot be started again. */
export function rebuildProblem(
  plan: Plan,
  { recipe, special }: { recipe: Recipe; special: boolean },
  manifest: Manifest | undefined,
  images: AmiDescription[],
): Problem | undefined {
  const path = ['build'];
  if (manifest?.status === 'failed') {
    return {
      path,
      message: `${plan.build} failed and was undone (${manifest.failure?.error}); start the recipe without "build"`,
    };
  }
  if (manifest?.status === 'published' && images.length === 0) {
    return {
      path,
      message: `${plan.build} was published and its image is gone since; start the recipe without "build"`,
    };
  }
  if (special && JSON.stringify(recipe) !== JSON.stringify(plan.document)) {
    return {
      path,
      message: `${plan.build} keeps the recipe it was planned with; to change something, start without "build"`,
    };
  }
  return undefined;
}
