import { sha256 } from '../digest.ts';
import { isMap } from '../is-map.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** What decides how an image turns out, beside the source image. */
export interface Content {
  recipe: Recipe;
  /** Scripts by path; those that the recipe does not name make no difference. */
  scripts: Record<string, string>;
  /** Version of the pipeline, which brings sanitizing and everything around the recipe's own steps. */
  pipelineVersion: string;
}

// When to build, what becomes of older images and of what failed: none of it is in the image.
const besideTheImage = new Set(['triggers', 'onFailure']);

/**
 * Digest of an image by what goes into it: 64 hexadecimal digits. Two builds of one digest make the same image, but for
 * what their steps fetch from elsewhere.
 * @param source AMI id of the source image.
 */
export const contentDigest = ({ source, ...content }: Content & { source: string }): string =>
  sha256(canonical({ source, ...contentOf(content) }));

/** Digest of what is ours to change: equal for builds of one recipe from whatever source image. */
export const recipeDigest = (
  recipe: Recipe,
  scripts: Content['scripts'],
  pipelineVersion: Content['pipelineVersion'],
): string => sha256(canonical(contentOf({ recipe, scripts, pipelineVersion })));

/** Digest of a whole recipe as it was written, before the deployment fills in what the recipe leaves out. */
export const writtenDigest = (recipe: Recipe): string => sha256(canonical(recipe));

function contentOf({ recipe, scripts, pipelineVersion }: Content) {
  const named = [...recipe.provision, ...recipe.checks].flatMap(({ script }) => script ?? []);
  return {
    recipe: Object.fromEntries(Object.entries(recipe).filter(([key]) => !besideTheImage.has(key))),
    scripts: Object.fromEntries(named.map((path) => [path, scripts[path]])),
    pipelineVersion,
  };
}

/** JSON that does not depend on the order in which keys were written; the order of lists has a meaning. */
export const canonical = (content: unknown): string =>
  JSON.stringify(content, (_key, value: unknown) =>
    isMap(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
