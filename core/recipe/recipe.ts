import type * as z from 'zod/mini';
import type { builder } from './builder.ts';
import type { image, publish, target } from './distribution.ts';
import { explain } from './explain.ts';
import { soundParts } from './parts.ts';
import type { Problem } from './problems.ts';
import type { timedCheck, timedStep } from './provision.ts';
import type { Path, Surroundings } from './rules/rule.ts';
import { rules } from './rules/rules.ts';
import { notYet, recipeSchema } from './schema.ts';
import type { source } from './source.ts';
import type { triggers } from './upkeep.ts';

export { applyOverrides } from './overrides.ts';
export { formatPath, formatProblems, refuse, refuseAny, told, type Place, type Problem } from './problems.ts';
export { recipeSchema } from './schema.ts';
export type { Path } from './rules/rule.ts';

export type Source = z.infer<typeof source>;
export type Builder = z.infer<typeof builder>;
export type Volume = Builder['rootVolume'];
export type Step = ReturnType<typeof timedStep>;
export type Check = ReturnType<typeof timedCheck>;
export type ImageSettings = z.infer<typeof image>;
export type Target = z.infer<typeof target>;
export type Publish = z.infer<typeof publish>;
export type Triggers = z.infer<typeof triggers>;

/** A recipe with every default filled in. */
export interface Recipe {
  name: string;
  description: string;
  source: Source;
  builder: Builder;
  provision: Step[];
  checks: Check[];
  image: ImageSettings;
  distribute: Target[];
  onFailure: 'remove' | 'keep-image';
  publish?: Publish;
  triggers?: Triggers;
}

/** The recipes of a folder by name, as parsed YAML, and every script by its path below that folder (`scripts/harden.sh`). */
export interface Catalog {
  recipes: Record<string, unknown>;
  scripts: Record<string, string>;
  /** Version of the pipeline that the recipes are deployed with. */
  version: string;
}

/**
 * Parses a document into a recipe, or returns everything that is wrong with it. `home` is the region the pipeline runs in. A
 * caller that only validates does not know it. Then the target called `home` keeps that name. If there is none, the first target
 * without its own key counts as home.
 */
export function parseRecipe(
  document: unknown,
  scripts: Record<string, string>,
  { home }: Pick<Surroundings, 'home'> = {},
): { recipe: Recipe; problems?: never } | { problems: Problem[]; recipe?: never } {
  const { problems, unknownKeys } = explain(recipeSchema, document, notYet);
  const report = (path: Path, message: string) => void problems.push({ path, message });
  const parts = soundParts(document, unknownKeys, home);
  const stated = (keys: Path) =>
    keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document) !== undefined;
  for (const rule of rules) rule.look(parts, report, { scripts, stated, ...(home !== undefined && { home }) });
  if (problems.length > 0) return { problems };
  return { recipe: parts as Recipe };
}
