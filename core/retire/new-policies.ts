import type { Recipe, Retire } from '../recipe/types.ts';
import type { RetireRow, SeenPolicies } from './retire-report.ts';

/** A recipe that retires its images. */
export type RetiringPolicy = Pick<Recipe, 'name' | 'publish'> & { retire: Retire };

/** The recipes that retire their images, or the one of them that is asked for. */
export const retiringPolicies = (recipes: Recipe[], only?: string): RetiringPolicy[] =>
  recipes.flatMap(({ name, publish, retire }) =>
    retire && (only === undefined || name === only) ? [{ name, retire, ...(publish && { publish }) }] : [],
  );

const isSame = (one: Retire | undefined, other: Retire): boolean =>
  one !== undefined &&
  (['keep', 'deprecateAfter', 'disableAfter', 'deregisterAfter', 'snapshots'] as const).every(
    (key) => one[key] === other[key],
  );

/** A row whose policy no earlier run has reported about only says which step would be taken. */
export function reportedFirst(row: RetireRow, policies: RetiringPolicy[], seen: SeenPolicies | undefined): RetireRow {
  const policy = policies.find(({ name }) => name === row.recipe);
  if (row.step === null || !policy || isSame(seen?.policies[row.recipe], policy.retire)) return row;
  return {
    ...row,
    step: null,
    would: row.step,
    reason: `${row.reason}; this policy is new, so the first run only reports`,
  };
}

/** The document once a run has reported about these policies. */
export const withSeen = (seen: SeenPolicies | undefined, policies: RetiringPolicy[]): SeenPolicies => ({
  schema: 1,
  policies: { ...seen?.policies, ...Object.fromEntries(policies.map(({ name, retire }) => [name, retire])) },
});
