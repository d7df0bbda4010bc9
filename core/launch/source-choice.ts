import { expiresTag } from '../tags.ts';
import type { AmiDescription } from './source.ts';

/** The images that the builder can start, of all architectures if the filter names none. If none fits, all: the preflight says why. */
export function startable(images: AmiDescription[], architectures: string[]): AmiDescription[] {
  const fitting = images.filter(({ architecture }) => architectures.includes(architecture));
  return fitting.length > 0 ? fitting : images;
}

/**
 * The newest image. Images deprecated by `now` are taken only if nothing else is left. Images kept by a failed build of ours
 * (with an expiry tag) are excluded: no checks have approved them, and a sweep removes them.
 */
export function newest(images: AmiDescription[], now: Date): AmiDescription | undefined {
  const deprecated = (image: AmiDescription) => image.deprecatedAt !== undefined && new Date(image.deprecatedAt) <= now;
  return images
    .filter(({ tags }) => tags[expiresTag] === undefined)
    .toSorted((a, b) => Number(deprecated(a)) - Number(deprecated(b)) || b.createdAt.localeCompare(a.createdAt))[0];
}
