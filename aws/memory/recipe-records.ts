import { Failure } from '../../core/errors.ts';
import type { Plan } from '../../core/build/plan.ts';
import { emptyRecord, publishedBuild, withPublished, withStarted, type RecipeRecord } from '../../core/build/record.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Trigger } from '../../core/start/trigger.ts';
import { readObject, writeObject, type Artifacts } from './artifacts.ts';

export const recordKey = (recipe: string): string => `builds/${recipe}/record.json`;

async function read(artifacts: Artifacts, recipe: string) {
  const object = await readObject(artifacts, recordKey(recipe));
  return { object, record: object ? (JSON.parse(object.text) as RecipeRecord) : emptyRecord() };
}

/** The record of a recipe's builds; empty if the recipe was never built. */
export const readRecord = async (artifacts: Artifacts, recipe: string): Promise<RecipeRecord> =>
  (await read(artifacts, recipe)).record;

export const readRecords = async (artifacts: Artifacts, recipes: string[]): Promise<Record<string, RecipeRecord>> =>
  Object.fromEntries(await Promise.all(recipes.map(async (name) => [name, await readRecord(artifacts, name)])));

const attempts = 5;

/**
 * Changes a recipe's current record, even if others write at the same time. A change that returns the record it was given writes
 * nothing, so a change repeated after a lost answer is done.
 * @throws AwsTransient if others are faster every time.
 */
export async function changeRecord(
  artifacts: Artifacts,
  recipe: string,
  change: (record: RecipeRecord) => RecipeRecord,
): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { object, record } = await read(artifacts, recipe);
    const changed = change(record);
    if (changed === record || (await writeObject(artifacts, recordKey(recipe), changed, object ?? 'nothing'))) return;
  }
  throw new Failure('AwsTransient', `${recordKey(recipe)} was changed by others ${attempts} times in a row`);
}

/** Records that a build has begun. @param at ISO 8601. */
export const recordStart = (
  artifacts: Artifacts,
  { recipe, build }: BuildIdentity,
  at: string,
  trigger: Trigger | undefined,
): Promise<void> =>
  changeRecord(artifacts, recipe, (record) => withStarted(record, { build, at, by: trigger?.by ?? 'hand' }));

/** Records that a build is published. */
export const recordPublished = (artifacts: Artifacts, plan: Plan, now: Date): Promise<void> =>
  changeRecord(artifacts, plan.recipe, (record) => withPublished(record, publishedBuild(plan, now.toISOString())));
