import type { Catalog } from '../recipe/types.ts';
import type { OfVariant } from '../build/identity.ts';
import type { Problem } from '../recipe/problems.ts';
import type { BuildIdentity } from '../tags.ts';
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
export function loneVariant(
  { identity: { recipe, variantOf } }: { identity: BuildIdentity & OfVariant },
  catalog: Varied,
): Problem[] {
  const whole = wholeOf(catalog, recipe);
  if (whole === undefined || variantOf !== undefined) return [];
  return [
    {
      path: ['recipe'],
      message: `${recipe} is a variant of ${whole}, and its variants are published together: start ${whole}`,
    },
  ];
}

/** What to say where one recipe is wanted and the name is that of a recipe with variants. Undefined for any other name. */
export function namesWhole(catalog: Varied, recipe: string): string | undefined {
  const names = variantsOf(catalog, recipe);
  return names && `${recipe} has variants, each of which is a recipe here: name ${names.join(' or ')}`;
}
