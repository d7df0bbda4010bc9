import type { BuildIdentity } from '../tags.ts';
import { variantImages, type Together } from './together.ts';

/** A variant and its channel before a move of all variants. */
interface VariantSeen {
  recipe: string;
  /** The build that the channel holds. */
  current: string | undefined;
  /** The builds that a rollback of the channel may go to, best first. */
  before: string[];
}

/** The build whose image a variant has by a build of all. Undefined where that build has no such variant. */
export const buildOfVariant = (whole: Together, recipe: string): string | undefined =>
  variantImages(whole).find((one) => one.recipe === recipe)?.build;

/**
 * One build of all for each set of images: the oldest of those that have the set, which is the build that completed it. Later starts
 * found every variant up to date. The build that is named stays, too.
 * @param wholes Newest first.
 */
export function differingWholes(wholes: Together[], named?: string): Together[] {
  const setOf = (whole: Together) =>
    JSON.stringify(
      variantImages(whole)
        .map(({ recipe, build }) => `${recipe} ${build}`)
        .toSorted(),
    );
  const oldest = new Map(wholes.map((whole) => [setOf(whole), whole]));
  return wholes.filter((whole) => whole.build === named || oldest.get(setOf(whole)) === whole);
}

/** The build of all that gave the variants what their channels hold. @param wholes Newest first. */
export const wholeHeld = (
  wholes: Together[],
  held: { recipe: string; current: string | undefined }[],
): Together | undefined =>
  wholes.find((whole) =>
    held.every(({ recipe, current }) => current !== undefined && buildOfVariant(whole, recipe) === current),
  );

/**
 * The builds of all that a rollback may go to, best first: each variant keeps its image, or goes to one that its own rollback may go to.
 * So variants that hold images of different builds come together again.
 * @param wholes Newest first.
 */
export function wholesBefore(wholes: Together[], seen: VariantSeen[]): Together[] {
  const ranked = wholes.flatMap((whole) => {
    const ranks = seen.map(({ recipe, current, before }) => {
      const build = buildOfVariant(whole, recipe) ?? '';
      if (build === current) return -1;
      return before.includes(build) ? before.indexOf(build) : Infinity;
    });
    const rank = Math.max(...ranks);
    return rank >= 0 && rank < Infinity ? [{ whole, rank }] : [];
  });
  return ranked.toSorted((one, other) => one.rank - other.rank).map(({ whole }) => whole);
}

/** The images that a build of all has made. An image that was up to date belongs to an earlier build. */
export const imagesMadeIn = (whole: Together): BuildIdentity[] =>
  variantImages(whole).flatMap(({ isNew, recipe, build }) => (isNew ? [{ recipe, build }] : []));
