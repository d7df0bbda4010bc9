import * as z from 'zod/mini';
import { recipeSchema } from '../schema.ts';
import { holds, pathBelow } from '../scalars.ts';

/** The key `extends` of a recipe's file. */
const baseFile = pathBelow('bases/linux.yaml').check(
  holds((path) => path.endsWith('.yaml'), 'end in .yaml'),
  z.describe(
    'File below the folder of this one whose keys this recipe takes over, except its name: see docs/parameters.md. Maps merge by key, lists and plain values replace, null removes a key. That file may extend another one.',
  ),
);

export const soundBase = (given: unknown): string | undefined => z.safeParse(baseFile, given).data;

const { name, ...others } = recipeSchema.def.shape;

/** The schema of a recipe's file. Reading the file resolves `extends`, so recipes that are deployed do not have it. */
export const recipeFileSchema = z.strictObject({ name, extends: z.exactOptional(baseFile), ...others });
