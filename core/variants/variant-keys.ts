import * as z from 'zod/mini';
import { recipeNamePart } from '../recipe/names.ts';

export const mostVariants = 10;

/** The key `variants` of a recipe. What a variant says is judged with the recipe that it makes: see variants.ts. */
export const variants = z
  .record(recipeNamePart, z.record(z.string(), z.unknown()))
  .check(
    z.describe(
      'Images that are built side by side and published together or not at all, such as x86_64 and arm64. Each says what differs from the recipe: maps merge by key, lists and plain values replace, null removes a key. Each variant has images and a channel of its own, under the name <recipe>-<variant>.',
    ),
  );
