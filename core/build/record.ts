import type { Plan } from './plan.ts';
import type { Trigger } from '../start/trigger.ts';

/** The newest published build of a recipe. */
export interface PublishedBuild {
  build: string;
  digest: string;
  /** AMI id of its source image. */
  source: string;
  /** ISO 8601. */
  at: string;
}

export interface StartedBuild {
  build: string;
  /** ISO 8601. */
  at: string;
  by: Trigger['by'] | 'hand';
}

export interface FailedBuild {
  build: string;
  /** Whether nobody started it by hand. */
  automatic: boolean;
  /** AMI id of its source image; null where it failed before that was known, and so for the digest. */
  source: string | null;
  digest: string | null;
  recipeDigest: string;
  /** Name of the error, as in core/errors.ts or Step Functions' own. */
  error: string;
  /** ISO 8601. */
  at: string;
}

/** What has become of a recipe's builds: `builds/<recipe>/record.json`, for whoever decides whether to start one. */
export interface RecipeRecord {
  schema: 1;
  published?: PublishedBuild;
  started?: StartedBuild;
  /** Since the last published build, newest last. */
  failures: FailedBuild[];
}

export const emptyRecord = (): RecipeRecord => ({ schema: 1, failures: [] });

const mostFailures = 50;

// Builds are named by when they started, so their names tell which is the newer one. A change that is made again, or for a
// build that a newer one has left behind, changes nothing: the record itself is the answer.

/** A build that is no longer only looked at. One that is completed by another execution has started before. */
export const withStarted = (record: RecipeRecord, started: StartedBuild): RecipeRecord =>
  record.started?.build === started.build ? record : { ...record, started };

/** A build that was published, which makes up for the failures before it. */
export const withPublished = (record: RecipeRecord, published: PublishedBuild): RecipeRecord =>
  record.published && published.build <= record.published.build ? record : { ...record, published, failures: [] };

/** A build that failed. The first word on it stands, whoever clears up after it once more. */
export function withFailure(record: RecipeRecord, failure: FailedBuild): RecipeRecord {
  const past = record.published !== undefined && failure.build <= record.published.build;
  if (past || record.failures.some(({ build }) => build === failure.build)) return record;
  return { ...record, failures: [...record.failures, failure].slice(-mostFailures) };
}

type Planned = Pick<Plan, 'recipeDigest' | 'trigger'> & Partial<Pick<Plan, 'source' | 'digest'>>;

/** What there is to say of a build that failed. One that was never planned knows neither source image nor digest. */
export const failedBuild = (
  { recipeDigest, trigger, source, digest }: Planned,
  { build, error, at }: Pick<FailedBuild, 'build' | 'error' | 'at'>,
): FailedBuild => ({
  build,
  automatic: trigger !== undefined,
  source: source?.ami ?? null,
  digest: digest ?? null,
  recipeDigest,
  error,
  at,
});

export const publishedBuild = ({ build, digest, source }: Plan, at: string): PublishedBuild => ({
  build,
  digest,
  source: source.ami,
  at,
});
