import type { FailedBuild, RecipeRecord } from '../build/record.ts';

export type Breaker =
  | { open: false }
  | {
      open: true;
      /** What fails: this recipe as it stands now, or its source image under several recipes. */
      of: 'recipe' | 'source';
      failures: number;
      /** When the failure came that was one too many, ISO 8601. */
      since: string;
    };

/**
 * Whether a recipe has failed so often in a row that it is no longer started automatically. Only automatic failures count,
 * so trying by hand never makes it worse. It closes when the recipe or the source image is another one, or a build of it
 * is published, by whomever.
 *
 * A source image is to blame only where several recipes have failed with it: one recipe's mistake does not stop the others.
 * @param records Of all recipes, by name.
 * @param recipeDigest Of the recipe as it is now.
 * @param source AMI id of the source image as it is now.
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
