import * as z from 'zod/mini';
import { buildName, buildNamePattern, placeOf, type ExecutionReference } from './build.ts';
import { shapeProblems } from './recipe/shape.ts';
import { applyOverrides, parseRecipe, type Catalog, type Problem, type Recipe } from './recipe.ts';
import type { BuildIdentity } from './tags.ts';

// No z.record: that would leave out a key called __proto__ without a word.
const map = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** What an execution of build-image is started with; `{"recipe": "al2023-base"}` is enough. */
const ExecutionInput = z.strictObject({
  /** Name of a recipe of the deployed catalog, or a whole recipe document. */
  recipe: z.union([z.string(), map]),
  /** Merged into the recipe document before it is validated; see applyOverrides. */
  overrides: z.optional(map),
  /** An earlier build to complete: what it already made is adopted. */
  build: z.optional(z.string().check(z.regex(buildNamePattern))),
});

export interface Requested {
  identity: BuildIdentity;
  recipe: Recipe;
  /** Whether the start says itself what to build, by overrides or a document, rather than by a recipe's name alone. */
  special: boolean;
}

/** The recipe and the build an execution asks for, or everything that is wrong with what it was started with. */
export function requestedBuild(
  input: unknown,
  execution: ExecutionReference,
  { recipes, scripts }: Catalog,
): Requested | { problems: Problem[] } {
  const parsed = z.safeParse(ExecutionInput, input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      path: issue.path as (string | number)[],
      message: inputProblem(issue),
    }));
    return { problems };
  }
  const { recipe: wanted, overrides, build } = parsed.data;
  const known = Object.keys(recipes);
  if (typeof wanted === 'string' && !Object.hasOwn(recipes, wanted)) {
    const message = `there is no recipe "${wanted}"; there are ${known.join(', ') || 'none'}`;
    return { problems: [{ path: ['recipe'], message }] };
  }
  const misshapen = shapeProblems(overrides);
  if (misshapen.length > 0)
    return { problems: misshapen.map(({ path, message }) => ({ path: ['overrides', ...path], message })) };
  const document = typeof wanted === 'string' ? recipes[wanted] : wanted;
  const home = placeOf(execution.id).region;
  const result = parseRecipe(overrides ? applyOverrides(document, overrides) : document, scripts, { home });
  if (result.problems) return { problems: result.problems };
  if (typeof wanted === 'string' && result.recipe.name !== wanted) {
    return { problems: [{ path: ['overrides', 'name'], message: `overrides cannot rename the recipe ${wanted}` }] };
  }
  const special = overrides !== undefined || typeof wanted !== 'string';
  return {
    special,
    recipe: result.recipe,
    identity: { recipe: result.recipe.name, build: build ?? buildName(execution) },
  };
}

function inputProblem(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `unknown key ${issue.keys.join(', ')}; known are recipe, overrides, build`;
  if (issue.path[0] === 'build') return 'is no build id (YYYYMMDD-HHMMSS-hhhh)';
  if (issue.path[0] === 'recipe') return 'must be the name of a recipe or a recipe document';
  if (issue.path[0] === 'overrides') return 'must be an object of recipe keys';
  return 'the execution input must be an object like {"recipe": "al2023-base"}';
}
