import type { Manifest } from '../build/manifest.ts';
import { onlyPlace, type Place } from '../distribute/place.ts';

/**
 * Detail of an `Image Published` event. The same images may be told more than once, always with the same `id`, so that a consumer
 * knows a repetition. A build that got further targets later is told under another `id`.
 */
export interface ImagePublished {
  id: string;
  recipe: string;
  build: string;
  /** Name of the first image. */
  name: string;
  /** The published images. `parameter` holds one of a channel, and is null for a recipe without a channel. */
  images: (Place & { ami: string; parameter: string | null })[];
  /** Address of the build's manifest: `s3://<bucket>/<key>`. */
  manifest: string;
}

/** The event that tells of a published build. Undefined for a build that published nothing. */
export function imagePublished(
  { recipe, build, status, image, targets, added = [] }: Manifest,
  manifest: string,
): ImagePublished | undefined {
  if (status !== 'published') return undefined;
  const images = targets.flatMap(({ ami, status: of, parameter, ...at }) =>
    of === 'published' && ami !== null ? [{ ...onlyPlace(at), ami, parameter }] : [],
  );
  const name = `${recipe}-${build}`;
  const further = added.filter((one) => one.targets.length > 0).length;
  const id = further === 0 ? name : `${name}-further-${further}`;
  return { id, recipe, build, name: image?.name ?? name, images, manifest };
}
