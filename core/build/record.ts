import type { Replaced } from '../distribute/channel-owner.ts';
import { withCopyTimes, type CopyTimes } from '../copying/race.ts';
import type { Plan } from './plan.ts';
import type { UsualSeconds } from './usual-seconds.ts';
import type { Trigger } from '../start/trigger.ts';

/** The newest published build of a recipe. */
export interface PublishedBuild {
  build: string;
  digest: string;
  /** AMI id of its source image. */
  source: string;
  /** ISO 8601. */
  at: string;
  /** The digest that its images carry as a tag, where targets were added later. Absent where that is `digest`. */
  carries?: string;
  /** How long its waits took. Absent in records of earlier versions. */
  usual?: Partial<UsualSeconds>;
  /** How long the copies of the recipe's builds took. Absent in records of earlier versions. */
  copyTimes?: CopyTimes;
  /** The AMIs that its channel held afterwards. Absent in records of earlier versions. */
  images?: Replaced['images'];
}

/** What a new build of the recipe replaces. Empty where nothing was published, or the record does not tell. */
export const replacedBy = ({ published }: Pick<RecipeRecord, 'published'>): { replaces?: Replaced } =>
  published?.images ? { replaces: { build: published.build, images: published.images } } : {};

interface StartedBuild {
  build: string;
  /** ISO 8601. */
  at: string;
  by: Trigger['by'] | 'hand';
}

export interface FailedBuild {
  build: string;
  /** Whether a trigger started it, not a person. */
  automatic: boolean;
  /** AMI id of its source image. Null where the build failed before it was known; the same goes for the digest. */
  source: string | null;
  digest: string | null;
  recipeDigest: string;
  /** Name of the error, from core/errors.ts or Step Functions. */
  error: string;
  /** The state that failed. Absent in records of earlier versions. */
  state?: string | undefined;
  /** ISO 8601. */
  at: string;
}

/** History of a recipe's builds, `builds/<recipe>/record.json`. The decision to start a build reads it. */
export interface RecipeRecord {
  schema: 1;
  published?: PublishedBuild;
  started?: StartedBuild;
  /** Since the last published build, newest last. */
  failures: FailedBuild[];
}

export const emptyRecord = (): RecipeRecord => ({ schema: 1, failures: [] });

const mostFailures = 50;

// Build names begin with the start time, so comparing names shows which build is newer. A repeated change, or a change for a
// build older than the newest, leaves the record as it is.

/** Records a build that has begun to make things. A build completed by another execution is already recorded. */
export const withStarted = (record: RecipeRecord, started: StartedBuild): RecipeRecord =>
  record.started?.build === started.build ? record : { ...record, started };

/** Records a published build, which clears the failures before it. */
export const withPublished = (record: RecipeRecord, published: PublishedBuild): RecipeRecord =>
  record.published && published.build <= record.published.build
    ? record
    : { ...record, published: withTimes(published, record.published?.copyTimes), failures: [] };

function withTimes(published: PublishedBuild, known: CopyTimes | undefined): PublishedBuild {
  const copyTimes = withCopyTimes(known, published.usual?.copies);
  return Object.keys(copyTimes).length > 0 ? { ...published, copyTimes } : published;
}

/** Records that the newest published build got further targets. `digest`: it now is all that the recipe of this digest asks for. */
export function withAdded(
  record: RecipeRecord,
  {
    build,
    digest,
    images,
  }: Pick<PublishedBuild, 'build'> & { digest?: string | undefined; images: Replaced['images'] },
): RecipeRecord {
  const { published } = record;
  if (published?.build !== build) return record;
  const known = published.images ?? [];
  const more = images.filter((image) => !known.some(({ region, ami }) => region === image.region && ami === image.ami));
  const changes = digest !== undefined && digest !== published.digest;
  if (!changes && more.length === 0) return record;
  const carried = changes && { digest, carries: published.carries ?? published.digest };
  return {
    ...record,
    published: { ...published, ...carried, ...(more.length > 0 && { images: [...known, ...more] }) },
  };
}

/** Records a failed build. The first failure recorded stays, even if another clean-up reports a different one. */
export function withFailure(record: RecipeRecord, failure: FailedBuild): RecipeRecord {
  const past = record.published !== undefined && failure.build <= record.published.build;
  if (past || record.failures.some(({ build }) => build === failure.build)) return record;
  return { ...record, failures: [...record.failures, failure].slice(-mostFailures) };
}

type Planned = Pick<Plan, 'recipeDigest' | 'trigger'> & Partial<Pick<Plan, 'source' | 'digest'>>;

/** The record of a failed build. A build that was never planned has no source image and no digest. */
export const failedBuild = (
  { recipeDigest, trigger, source, digest }: Planned,
  { build, error, state, at }: Pick<FailedBuild, 'build' | 'error' | 'state' | 'at'>,
): FailedBuild => ({
  build,
  automatic: trigger !== undefined,
  source: source?.ami ?? null,
  digest: digest ?? null,
  recipeDigest,
  error,
  ...(state && { state }),
  at,
});

export const publishedBuild = (
  { build, digest, source }: Plan,
  at: string,
  usual: Partial<UsualSeconds>,
  images: Replaced['images'],
): PublishedBuild => ({
  build,
  digest,
  source: source.ami,
  at,
  usual,
  images,
});

/** The plan with what the recipe's record says of the time that its waits take, and of the images that it replaces. */
export function withPast(plan: Plan, { published }: Pick<RecipeRecord, 'published'>): Plan {
  if (!published?.usual || plan.usual) return plan;
  const { usual, copyTimes } = published;
  return { ...plan, ...replacedBy({ published }), usual, ...(copyTimes && { copyTimes }) };
}
