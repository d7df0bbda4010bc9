import type { Catalog } from '../recipe/types.ts';
import type { Problem } from '../recipe/problems.ts';
import type { Requested } from '../start/execution-input.ts';
import { isMap } from '../is-map.ts';

/** Whether a document stands for several recipes. */
export const hasVariants = (document: unknown): boolean => isMap(document) && document['variants'] !== undefined;

type Varied = Pick<Catalog, 'variants'>;

/** The names of a recipe's variants. Undefined for a recipe without. */
export const variantsOf = ({ variants = {} }: Varied, recipe: string): string[] | undefined =>
  Object.hasOwn(variants, recipe) ? variants[recipe] : undefined;

/** The recipe whose variant a recipe is. Undefined for one that is no variant. */
export const wholeOf = ({ variants = {} }: Varied, recipe: string): string | undefined =>
  Object.entries(variants).find(([, names]) => names.includes(recipe))?.[0];

/** Whether the input of an execution names a recipe with variants, or has one. */
export const startsVariants = (input: unknown, catalog: Varied): input is Record<string, unknown> => {
  const { recipe } = (input ?? {}) as { recipe?: unknown };
  return typeof recipe === 'string' ? variantsOf(catalog, recipe) !== undefined : hasVariants(recipe);
};

/** Refuses a variant that is started alone, because it would be published alone. */
export function loneVariant({ identity: { recipe, variantOf } }: Requested, catalog: Varied): Problem[] {
  const whole = wholeOf(catalog, recipe);
  if (whole === undefined || variantOf !== undefined) return [];
  return [
    {
      path: ['recipe'],
      message: `${recipe} is a variant of ${whole}, and its variants are published together: start ${whole}`,
    },
  ];
}
