import type { BuildIdentity } from '../tags.ts';

/**
 * How far a variant has come. Its channel is written only after all variants are `ready`, which makes the time short in which the
 * channel of one variant has moved and that of another has not.
 */
const steps = ['building', 'verified', 'ready', 'written'] as const;
type Step = (typeof steps)[number];

/** `up-to-date`: the variant's published image is what the recipe asks for, so its channel does not move. */
export type VariantProgress = Step | 'up-to-date';

/** `variants/<build>.json` of a recipe: the one place that decides whether its variants are published. */
export interface Together {
  schema: 1;
  recipe: string;
  build: string;
  /** The execution that started the variants. */
  execution: string;
  /** By the names of their recipes. `published`: the build whose image a variant keeps that is up to date. */
  variants: Record<string, { execution: string; progress: VariantProgress; published?: string }>;
  /** Why nothing is published. Absent as long as all variants may still be. */
  abandoned?: string;
}

const rankOf = (progress: VariantProgress): number =>
  progress === 'up-to-date' ? steps.length : steps.indexOf(progress);

/** The variants that have not come as far as this step. */
export const behind = ({ variants }: Together, step: Step): string[] =>
  Object.entries(variants).flatMap(([name, { progress }]) => (rankOf(progress) < rankOf(step) ? [name] : []));

/** Once every channel is written, the variants are published, and later failures change nothing. */
export const isPublished = (together: Together): boolean =>
  together.abandoned === undefined && behind(together, 'written').length === 0;

/** With a variant's progress. The same document where it says so already, and where nothing will be published. */
export function advanced(
  together: Together,
  name: string,
  progress: VariantProgress,
  published?: { published: string },
): Together {
  const known = together.variants[name];
  if (!known || together.abandoned !== undefined || rankOf(known.progress) >= rankOf(progress)) return together;
  return { ...together, variants: { ...together.variants, [name]: { ...known, progress, ...published } } };
}

/** The build whose image each variant has by a build of all. `isNew`: this build has made the image. */
export const variantImages = ({ build, variants }: Together): (BuildIdentity & { isNew: boolean })[] =>
  Object.entries(variants).map(([recipe, { progress, published = build }]) => ({
    recipe,
    build: published,
    isNew: progress !== 'up-to-date',
  }));

/** Gives the publish up for all variants. The same document where they are published, and where it was given up before. */
export const abandoned = (together: Together, because: string): Together =>
  isPublished(together) || together.abandoned !== undefined ? together : { ...together, abandoned: because };

/** A document for variants that are about to start. */
export const newTogether = (
  { recipe, build }: { recipe: string; build: string },
  execution: string,
  variants: { name: string; execution: string }[],
): Together => ({
  schema: 1,
  recipe,
  build,
  execution,
  variants: Object.fromEntries(
    variants.map(({ name, execution: id }) => [name, { execution: id, progress: 'building' }]),
  ),
});

/** Says why a variant is not published although nothing was wrong with it. */
export const saysAbandoned = ({ recipe, build, abandoned: because = '' }: Together): string =>
  `the variants of ${recipe} are published together or not at all, and ${build} is not: ${because}`;
