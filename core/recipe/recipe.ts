import { explain } from './explain.ts';
import { partsOf, soundParts } from './parts.ts';
import type { Problem } from './problems.ts';
import type { Path, RuleContext } from './rules/rule.ts';
import { rules } from './rules/rules.ts';
import { recipeSchema } from './schema.ts';
import type { Recipe } from './types.ts';

export { applyOverrides } from './overrides.ts';
export { formatPath, formatProblems, refuse, refuseAny, told, type FilePlace, type Problem } from './problems.ts';
export { recipeSchema } from './schema.ts';
export type { Path } from './rules/rule.ts';

/**
 * Parses a document into a recipe, or returns everything that is wrong with it. `home` is the region the pipeline runs in. A
 * caller that only validates does not know it. Then the target called `home` keeps that name. If there is none, the first target
 * without its own key counts as home.
 */
export function parseRecipe(
  document: unknown,
  scripts: Record<string, string>,
  { home }: Pick<RuleContext, 'home'> = {},
): { recipe: Recipe; problems?: never } | { problems: Problem[]; recipe?: never } {
  const { problems, unknownKeys, data } = explain(recipeSchema, document);
  const report = (path: Path, message: string) => void problems.push({ path, message });
  const parts = data ? partsOf(data, home) : soundParts(document, unknownKeys, home);
  const stated = (keys: Path) =>
    keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document) !== undefined;
  for (const rule of rules) rule.look(parts, report, { scripts, stated, ...(home !== undefined && { home }) });
  if (problems.length > 0) return { problems };
  return { recipe: parts as Recipe };
}
