import { Failure } from '../../core/errors.ts';
import type { Plan } from '../../core/build/plan.ts';
import { emptyRecord, publishedBuild, withPublished, withStarted, type RecipeRecord } from '../../core/build/record.ts';
import type { TargetResult } from '../../core/distribute/distribution.ts';
import { onlyPlace } from '../../core/distribute/place.ts';
import type { Timing } from '../../core/build/timings.ts';
import { usualSeconds } from '../../core/build/usual-seconds.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Trigger } from '../../core/start/trigger.ts';
import { keyOf } from '../../core/memory/documents.ts';
import type { Artifacts } from './artifacts.ts';
import { readDocument, readVersioned, replace } from './documents.ts';

/** The record of a recipe's builds; empty if the recipe was never built. */
export const readRecord = async (artifacts: Artifacts, recipe: string): Promise<RecipeRecord> =>
  (await readDocument(artifacts, { recipe }, 'record')) ?? emptyRecord();

export const readRecipeRecords = async (
  artifacts: Artifacts,
  recipes: string[],
): Promise<Record<string, RecipeRecord>> =>
  Object.fromEntries(await Promise.all(recipes.map(async (name) => [name, await readRecord(artifacts, name)])));

const attempts = 5;

/**
 * Changes a recipe's current record, even if others write at the same time. A change that returns the record it was given writes
 * nothing, so a change repeated after a lost answer is done. Returns the record as it is now.
 * @throws AwsTransient if others are faster every time.
 */
export async function changeRecord(
  artifacts: Artifacts,
  recipe: string,
  change: (record: RecipeRecord) => RecipeRecord,
): Promise<RecipeRecord> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const found = await readVersioned(artifacts, { recipe }, 'record');
    const record = found?.content ?? emptyRecord();
    const changed = change(record);
    if (changed === record || (await replace(artifacts, { recipe }, 'record', changed, found ?? 'nothing')))
      return changed;
  }
  throw new Failure('AwsTransient', `${keyOf({ recipe }, 'record')} was changed by others ${attempts} times in a row`);
}

/** Records that a build has begun. Returns the recipe's record. @param at ISO 8601. */
export const recordStart = (
  artifacts: Artifacts,
  { recipe, build }: BuildIdentity,
  at: string,
  trigger: Trigger | undefined,
): Promise<RecipeRecord> =>
  changeRecord(artifacts, recipe, (record) => withStarted(record, { build, at, by: trigger?.by ?? 'hand' }));

/** Records that a build is published. */
export function recordPublished(
  artifacts: Artifacts,
  plan: Plan,
  now: Date,
  timings: Timing[],
  targets: TargetResult[],
): Promise<RecipeRecord> {
  const places = plan.document.distribute;
  const namesOf = (list: Plan['checks']) => list.map(({ name }) => name);
  const steps = { provision: namesOf(plan.provision), checks: namesOf(plan.checks) };
  const usual = usualSeconds(timings, { places, home: plan.region, targets, ...steps });
  const images = targets.flatMap(({ ami, error, ...at }) =>
    ami && error === undefined ? [{ ...onlyPlace(at), ami }] : [],
  );
  const published = publishedBuild(plan, now.toISOString(), usual, images);
  return changeRecord(artifacts, plan.recipe, (record) => withPublished(record, published));
}
