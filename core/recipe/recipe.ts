import { isMap } from '../is-map.ts';
import { explain } from './explain.ts';
import { fillIn, type Filled, type Given } from './parameters/fill.ts';
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

/** A recipe, and how it came from its document. */
export interface ParsedRecipe extends Pick<Filled, 'values' | 'missing' | 'needsFacts' | 'unused'> {
  recipe: Recipe;
  problems?: never;
}

/**
 * Parses a document into a recipe, or returns everything that is wrong with it. `home` is the region the pipeline runs in. A
 * caller that only validates does not know it. Then the target called `home` keeps that name. If there is none, the first target
 * without its own key counts as home. `given` is what a start gives. Without it, the recipe is judged with defaults and samples.
 */
export function parseRecipe(
  document: unknown,
  scripts: Record<string, string>,
  { home, given }: Pick<RuleContext, 'home'> & { given?: Given } = {},
): ParsedRecipe | { problems: Problem[]; recipe?: never } {
  const { extends: base, ...whole } = isMap(document) ? document : {};
  const filled = fillIn(base === undefined ? document : whole, given);
  const { problems, unknownKeys, data } = explain(recipeSchema, filled.document, ['extends']);
  const report = (path: Path, message: string) => void problems.push({ path, message });
  if (base !== undefined)
    report(['extends'], 'works in recipe files only: golden puts the files together before it sends or deploys them');
  const parts = data ? partsOf(data, home) : soundParts(filled.document, unknownKeys, home);
  const stated = (keys: Path) =>
    keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], filled.document) !==
    undefined;
  for (const rule of rules) rule.look(parts, report, { scripts, stated, ...(home !== undefined && { home }) });
  const all = [...filled.problems, ...withTexts(problems, filled)];
  if (all.length > 0) return { problems: all };
  const { values, missing, needsFacts, unused } = filled;
  return { recipe: parts as Recipe, values, missing, needsFacts, unused };
}

/** The problems of a filled document. Each tells the text that the recipe has there, if the value comes from an expression. */
function withTexts(problems: Problem[], { texts, open }: Filled): Problem[] {
  if (texts.length + open.length === 0) return problems;
  const isOpen = new Set(open.map((path) => path.join('\n')));
  const textAt = new Map(texts.map(({ path, text }) => [path.join('\n'), text]));
  return problems
    .filter(({ path }) => !isOpen.has(path.join('\n')))
    .map((problem) => {
      const text = textAt.get(problem.path.join('\n'));
      if (text === undefined) return problem;
      return {
        ...problem,
        message: `${problem.message} (from ${text.length > 100 ? `${text.slice(0, 100)}...` : text})`,
      };
    });
}
