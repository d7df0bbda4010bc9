import * as z from 'zod/mini';
import { buildName, buildNamePattern, placeOfArn, type ExecutionReference, type OfVariant } from '../build/identity.ts';
import { recipeDigest } from '../build/content-digest.ts';
import { isMap } from '../is-map.ts';
import { shapeProblems } from '../recipe/shape.ts';
import { unknownRecipe } from '../recipe/catalog.ts';
import type { Catalog, Recipe } from '../recipe/types.ts';
import { applyOverrides, type Problem } from '../recipe/recipe.ts';
import type { RecipeReading } from '../recipe/parameters/recipe-reading.ts';
import { originOf, type Origin } from '../deployment/catalog-origin.ts';
import type { BuildIdentity } from '../tags.ts';
import { additionRequest, besideAddition, type AdditionRequest } from './addition-request.ts';
import { inputProblem } from './input-problem.ts';
import { readRecipe } from './read-recipe.ts';
import { trigger, type Trigger } from './trigger.ts';

// z.record would silently leave out a key called __proto__.
const map = z.custom<Record<string, unknown>>(isMap);

/** The input of an execution of build-image. `{"recipe": "al2023-base"}` is enough. */
const ExecutionInput = z.strictObject({
  /** Name of a recipe of the deployed catalog, or a whole recipe document. */
  recipe: z.union([z.string(), map]),
  /** Merged into the recipe document before it is validated; see applyOverrides. */
  overrides: z.optional(map),
  /** Values of the recipe's parameters, by name. */
  parameters: z.optional(map),
  /** An earlier build to complete. The new execution adopts what that build already made. */
  build: z.optional(z.string().check(z.regex(buildNamePattern))),
  /** The step at which a build goes on with its held instance. Absent: the one that failed. */
  from: z.optional(z.string().check(z.minLength(1))),
  /** A build that goes on with its held builder takes the steps from there on from the recipe as it is now. */
  replan: z.optional(z.boolean()),
  /** Builds even if the image is up to date. */
  force: z.optional(z.boolean()),
  /** Why the build starts automatically. Absent where a person starts it. */
  trigger: z.optional(trigger),
  /** The recipe whose variant this is. Only Resolve of the build of all its variants sets it. */
  variantOf: z.optional(z.string()),
  /** Takes the image of a published build to targets that came into the recipe later. */
  distribute: z.optional(additionRequest),
});
const known = Object.keys(ExecutionInput.def.shape)
  .filter((key) => key !== 'variantOf')
  .join(', ');

export interface Requested {
  identity: BuildIdentity & OfVariant;
  recipe: Recipe;
  /** Whether the start says what to build, by overrides, parameters or its own document, and does not just name a recipe. */
  special: boolean;
  reading: RecipeReading;
  /** The recipe and overrides in the input. */
  asked: { recipe: string | Record<string, unknown>; overrides?: Record<string, unknown> | undefined };
  /** Whether the build makes the same image as a deployed recipe. */
  origin: Origin;
  /** The step at which a build goes on with its held instance. */
  from?: string | undefined;
  /** Whether that build takes what comes from the recipe as it is now. */
  replan: boolean;
  /** Whether to build even if the image is up to date: because of `force`, or to complete an earlier build. */
  regardless: boolean;
  trigger?: Trigger | undefined;
  /** Present where nothing is built, and an existing image goes to further targets. */
  addition?: AdditionRequest | undefined;
}

/** The recipe and the build that an execution asks for, or everything that is wrong with its input. */
export function requestedBuild(
  input: unknown,
  execution: ExecutionReference,
  catalog: Catalog,
): Requested | { problems: Problem[] } {
  const { recipes } = catalog;
  const request = z.safeParse(ExecutionInput, input);
  if (!request.success) {
    const problems = request.error.issues.map((issue) => ({
      path: issue.path as (string | number)[],
      message: inputProblem(issue, known),
    }));
    return { problems };
  }
  const {
    recipe: wanted,
    overrides,
    parameters,
    build,
    from,
    replan = false,
    force,
    trigger: startedBy,
    variantOf,
    distribute: addition,
  } = request.data;
  const beside = besideAddition(request.data);
  if (beside.length > 0) return { problems: beside };
  if (typeof wanted === 'string' && !Object.hasOwn(recipes, wanted)) {
    const message = unknownRecipe(catalog, wanted);
    return { problems: [{ path: ['recipe'], message }] };
  }
  const misshapen = shapeProblems(overrides);
  if (misshapen.length > 0)
    return { problems: misshapen.map(({ path, message }) => ({ path: ['overrides', ...path], message })) };
  const home = placeOfArn(execution.id).region;
  const document = applyOverrides(typeof wanted === 'string' ? recipes[wanted] : wanted, overrides);
  const read = readRecipe(document, catalog.scripts, home, parameters ?? {});
  if (read.problems) return { problems: read.problems };
  const { recipe, reading } = read;
  // An earlier build has the values that it was planned with.
  if ((build === undefined || variantOf !== undefined || replan) && reading.missing.length > 0)
    return { problems: reading.missing };
  if (typeof wanted === 'string' && recipe.name !== wanted) {
    return { problems: [{ path: ['overrides', 'name'], message: `overrides cannot rename the recipe ${wanted}` }] };
  }
  const isOwn = overrides !== undefined || typeof wanted !== 'string';
  return {
    special: isOwn || parameters !== undefined,
    reading,
    asked: { recipe: wanted, overrides },
    origin: isOwn ? originOf(recipe, catalog, home, parameters) : 'catalog',
    // A variant has the id of the build of all, which says nothing of an earlier build.
    regardless: force === true || (build !== undefined && variantOf === undefined),
    from,
    replan,
    trigger: startedBy,
    addition,
    recipe,
    identity: { recipe: recipe.name, build: build ?? buildName(execution), ...(variantOf && { variantOf }) },
  };
}

/** What is known of a build that was never planned. Undefined if its input is invalid, or no longer valid. */
export function requestDigest(input: unknown, execution: ExecutionReference, catalog: Catalog) {
  const requested = requestedBuild(input, execution, catalog);
  if ('problems' in requested) return undefined;
  const { recipe, trigger: startedBy } = requested;
  const digest = recipeDigest(recipe, catalog.scripts, catalog.version);
  return { recipeDigest: digest, ...(startedBy && { trigger: startedBy }) };
}
