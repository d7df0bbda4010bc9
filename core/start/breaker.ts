import type { FailedBuild, RecipeRecord } from '../build/record.ts';

export type Breaker =
  | { open: false }
  | {
      open: true;
      /** What keeps failing: this recipe in its current form, or its source image under several recipes. */
      of: 'recipe' | 'source';
      failures: number;
      /** Time of the failure that reached the limit, ISO 8601. */
      since: string;
    };

/**
 * Whether a recipe has failed so often in a row that it is no longer started automatically. Only failures of automatic builds
 * count, so a start by hand never makes it worse. The breaker closes when the recipe changes, or when a build of it is published,
 * even one started by hand. A newer source does not close it, since its failures came with any source.
 *
 * A source image is blamed only if several recipes have failed with it, and until a newer one comes. One recipe's mistake does not
 * stop the others.
 * @param records Records of all recipes, by name.
 * @param recipeDigest Digest of the current recipe.
 * @param source AMI id of the current source image.
 */
export function breakerOf(
  records: Readonly<Record<string, RecipeRecord>>,
  recipe: string,
  recipeDigest: string,
  source: string,
  limit = 5,
): Breaker {
  const failuresOf = (name: string) =>
    (records[name]?.failures ?? []).filter(
      (failure) => failure.automatic && (name !== recipe || failure.recipeDigest === recipeDigest),
    );
  const own = failuresOf(recipe);
  if (own.length >= limit) return opened('recipe', own, limit);

  const published = Object.values(records).flatMap((record) => record.published ?? []);
  const good = published.flatMap(({ source: from, at }) => (from === source ? at : [])).reduce(later, '');
  const failing = Object.keys(records)
    .map((name) => failuresOf(name).filter((failure) => failure.source === source && failure.at > good))
    .filter((failures) => failures.length > 0);
  const all = failing.flat();
  return failing.length > 1 && all.length >= limit ? opened('source', all, limit) : { open: false };
}

const later = (one: string, other: string) => (one > other ? one : other);

function opened(of: 'recipe' | 'source', failures: FailedBuild[], limit: number): Breaker {
  const times = failures.map(({ at }) => at).toSorted();
  return { open: true, of, failures: failures.length, since: times[limit - 1] ?? '' };
}
