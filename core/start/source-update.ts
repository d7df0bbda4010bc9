import type { Recipe } from '../recipe/recipe.ts';
import type { RecipeRecord } from '../build/record.ts';
import { tooOld } from './up-to-date.ts';

/** A recipe whose source is another image than the one its published image was built from, or whose image is too old. */
export interface SourceUpdate {
  recipe: string;
  /** AMI ids: of now, and of the published image. */
  ami: string;
  was?: string;
  /** Why a build is due all the same, where the source is what it was. */
  aged?: string;
}

/** Undefined where the published image was built from this source, and is young enough. */
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

/** One event for each source image, or for each reason to build from it where recipes do not share it. */
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
