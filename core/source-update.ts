import type { RecipeRecord } from './record.ts';

/** A recipe whose source is another image than the one its published image was built from. */
export interface SourceUpdate {
  recipe: string;
  /** AMI ids: of now, and of the published image. */
  ami: string;
  was?: string;
}

/** Undefined where the published image was built from this source. */
export function sourceUpdate(recipe: string, ami: string, { published }: RecipeRecord): SourceUpdate | undefined {
  if (published?.source === ami) return undefined;
  return { recipe, ami, ...(published && { was: published.source }) };
}

/** Detail of a `Source Image Updated` event. */
export interface SourceImageUpdated {
  recipes: string[];
  source: { ami: string; was?: string };
  reason: string;
}

/** One event for each source image, or for each change of it where recipes were not all at the same. */
export function updateEvents(updates: SourceUpdate[]): SourceImageUpdated[] {
  const events = new Map<string, SourceImageUpdated>();
  for (const { recipe, ami, was } of updates) {
    const known = events.get(`${ami} ${was}`);
    if (known) {
      known.recipes.push(recipe);
      continue;
    }
    const before = was === undefined ? 'nothing was built from one before' : `the published image is from ${was}`;
    const source = { ami, ...(was !== undefined && { was }) };
    events.set(`${ami} ${was}`, { recipes: [recipe], source, reason: `the source image is ${ami}, ${before}` });
  }
  return [...events.values()];
}
