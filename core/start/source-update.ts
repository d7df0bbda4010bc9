import type { Recipe } from '../recipe/types.ts';
import type { RecipeRecord } from '../build/record.ts';
import { tooOld } from './up-to-date.ts';

/** A recipe that is due for a build: its source image is newer than the published image's, or the published image is too old. */
interface SourceUpdate {
  recipe: string;
  /** AMI id of the current source image, and below the one that the published image was built from. */
  ami: string;
  was?: string;
  /** Why a build is due although the source image is the same. */
  aged?: string;
}

/** Undefined if the published image was built from this source and is not too old. */
export function sourceUpdate(
  recipe: Recipe,
  ami: string,
  { published }: RecipeRecord,
  now: Date,
): SourceUpdate | undefined {
  const { name } = recipe;
  if (!published) return { recipe: name, ami };
  const was = published.source;
  if (was !== ami) return { recipe: name, ami, was };
  const aged = tooOld(published, recipe, now);
  return aged === undefined ? undefined : { recipe: name, ami, was, aged };
}

/** Detail of a `Source Image Updated` event. */
export interface SourceImageUpdated {
  recipes: string[];
  source: { ami: string; was?: string };
  reason: string;
}

/** One event for each source image. Recipes with one source image but different reasons get separate events. */
export function updateEvents(updates: SourceUpdate[]): SourceImageUpdated[] {
  const events = new Map<string, SourceImageUpdated>();
  for (const { recipe, ami, was, aged } of updates) {
    const before = was === undefined ? 'nothing was built from one before' : `the published image is from ${was}`;
    const reason = aged ?? `the source image is ${ami}, ${before}`;
    const known = events.get(`${ami} ${reason}`);
    if (known) known.recipes.push(recipe);
    else
      events.set(`${ami} ${reason}`, { recipes: [recipe], source: { ami, ...(was !== undefined && { was }) }, reason });
  }
  return [...events.values()];
}
