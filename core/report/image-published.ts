import type { Manifest } from '../build/manifest.ts';

/**
 * Detail of an `Image Published` event. The same build may be told more than once, always with the same `id`, so that a consumer
 * knows a repetition.
 */
export interface ImagePublished {
  id: string;
  recipe: string;
  build: string;
  /** Name of the image in every region. */
  name: string;
  /** SSM parameter of the channel. Null for a recipe without one. */
  parameter: string | null;
  /** The published image of each region. */
  images: { region: string; ami: string }[];
  /** Address of the build's manifest: `s3://<bucket>/<key>`. */
  manifest: string;
}

/** The event that tells of a published build. Undefined for a build that published nothing. */
export function imagePublished(
  { recipe, build, status, image, targets }: Manifest,
  manifest: string,
): ImagePublished | undefined {
  if (status !== 'published') return undefined;
  const published = targets.flatMap(({ region, ami, status: of, parameter }) =>
    of === 'published' && ami !== null ? [{ region, ami, parameter }] : [],
  );
  const id = `${recipe}-${build}`;
  return {
    id,
    recipe,
    build,
    name: image?.name ?? id,
    parameter: published.find(({ parameter }) => parameter !== null)?.parameter ?? null,
    images: published.map(({ region, ami }) => ({ region, ami })),
    manifest,
  };
}
