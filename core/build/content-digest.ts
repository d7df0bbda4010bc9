import { sha256 } from '../digest.ts';
import { isMap } from '../is-map.ts';
import { namesBeside } from '../recipe/steps/carried.ts';
import type { Recipe } from '../recipe/types.ts';

/** Everything except the source image that decides the content of an image. */
export interface Content {
  recipe: Recipe;
  /** Scripts by path, and digests of files. What the recipe does not name does not change the digest. */
  scripts: Record<string, string>;
  /** Version of the pipeline. It decides the sanitizing and everything else around the recipe's own steps. */
  pipelineVersion: string;
}

// Keys that do not change the image: when to build and to copy, and what happens to older images and failed builds. Values of
// parameters are in the keys that use them.
const besideTheImage = new Set([
  'parameters',
  'triggers',
  'copies',
  'completeWithin',
  'onFailure',
  'holdFor',
  'retire',
]);
// How often a step is tried does not change what it does.
const besideTheStep = new Set(['retry']);
// Keys of the builder that decide where it runs and what it costs, and who may log in to the candidate.
const besideTheBuilder = new Set(
  'spot spotMaxPrice network tags tenancy hostId hostResourceGroup placementGroup licenses candidateKeyPair'.split(' '),
);

/**
 * Digest of everything that goes into an image: 64 hexadecimal digits. Two builds with the same digest make the same image,
 * except for what their steps download.
 * @param source AMI id of the source image.
 */
export const contentDigest = ({ source, ...content }: Content & { source: string }): string =>
  sha256(canonical({ source, ...contentOf(content) }));

/** Digest of everything in an image except its source image. Builds of one recipe share it across source images. */
export const recipeDigest = (
  recipe: Recipe,
  scripts: Content['scripts'],
  pipelineVersion: Content['pipelineVersion'],
): string => sha256(canonical(contentOf({ recipe, scripts, pipelineVersion })));

/** Digest of a whole recipe as written, before the deployment fills in what the recipe leaves out. */
export const writtenDigest = (recipe: Recipe): string => sha256(canonical(recipe));

function contentOf({ recipe, scripts, pipelineVersion }: Content) {
  const named = [...recipe.provision, ...recipe.checks].flatMap(namesBeside);
  named.push(...(recipe.builder.userDataFile === undefined ? [] : [recipe.builder.userDataFile]));
  const without = (keys: ReadonlySet<string>, of: object) =>
    Object.fromEntries(Object.entries(of).filter(([key]) => !keys.has(key)));
  return {
    recipe: {
      ...without(besideTheImage, recipe),
      builder: without(besideTheBuilder, recipe.builder),
      provision: recipe.provision.map((step) => without(besideTheStep, step)),
    },
    scripts: Object.fromEntries(named.map((path) => [path, scripts[path]])),
    pipelineVersion,
  };
}

/** JSON that does not depend on the order of keys. The order of lists is kept, since it has a meaning. */
export const canonical = (content: unknown): string =>
  JSON.stringify(content, (_key, value: unknown) =>
    isMap(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
